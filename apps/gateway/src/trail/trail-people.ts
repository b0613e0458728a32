import type { RecordedAccess } from '#provenance';
import type { Parts } from '../parts.js';

/** Whose accesses a Patient's trail holds. */
export interface TrailPerson {
  readonly person: string;
  /** A person of whom the Patient once was: what concerned her then counts as far as it names the Patient. */
  readonly former: string | undefined;
}

/**
 * The person of each Patient, with the persons of whom it was before: an access before a link changed is one to the same
 * record. A Patient who is not here has none.
 */
export async function trailPeople(
  patients: readonly string[],
  { links }: Pick<Parts, 'links'>,
): Promise<readonly TrailPerson[]> {
  const all = await Promise.all(
    patients.map(async (patient) => {
      const own = (await links.linksOf(patient)).filter((link) => link.patient === patient);
      const now = own.find(({ untilMs }) => untilMs === undefined)?.person;
      if (now === undefined) return [];
      const before = new Set(own.map(({ person }) => person).filter((person) => person !== now));
      return [
        { person: now, former: undefined },
        ...[...before].map((person) => ({ person, former: patient })),
      ];
    }),
  );
  return all.flat();
}

/** Whether an access belongs to the trail of one of them. */
export function concerns(people: readonly TrailPerson[], { person, patient }: RecordedAccess): boolean {
  return people.some((one) => one.person === person && (one.former === undefined || one.former === patient));
}
