import { z } from 'zod';
import { GatewayError } from '#outcome';
import { ENTRY_CLASS, type SubjectDraft } from '#provenance';
import type { PersonLink, RowChange } from '#store';
import type { Operation, Outcome } from '../operation.js';
import type { Parts } from '../parts.js';
import { splitPerson } from './split-person.js';

const REASON_CHARACTERS = 200;
const patientId = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);
const named = z.strictObject({ patient: patientId });
const unlinkForm = named.extend({ reason: z.string().trim().min(1).max(REASON_CHARACTERS) });

/** `GET /admin/links/{patient}`: the person of a Patient, who else is that person, and who was. */
export const listLinks: Operation<z.infer<typeof named>> = {
  name: 'link-list',
  role: 'administrator',
  input: named,
  async handle({ patient }, _principal, parts): Promise<Outcome> {
    const links = await parts.links.linksOf(patient);
    const person = personOf(patient, links);
    return {
      status: 200,
      body: { patient, person, links: links.map(shown) },
      class: ENTRY_CLASS.configuration,
      subjects: [about(person, patient, {})],
      writes: [],
    };
  },
};

/**
 * `POST /admin/links/{patient}/unlink`: the Patient and the others of its person are two persons from now on. Consents stay
 * with the side whose key signed them (`splitPerson`).
 */
export const unlinkPatient: Operation<z.infer<typeof unlinkForm>> = {
  name: 'link-unlink',
  role: 'administrator',
  /** It takes access away. */
  urgent: true,
  input: unlinkForm,
  async handle({ patient, reason }, _principal, parts): Promise<Outcome> {
    const links = await parts.links.linksOf(patient);
    const person = personOf(patient, links);
    const patients = links.filter((link) => isOf(person, link)).map((link) => link.patient);
    if (patients.length < 2) {
      throw new GatewayError('precondition', { details: 'The person has no other Patient.' });
    }
    const bound = (await parts.filings.bindingsOf(person)).map((binding) => binding.patient);
    const moved = splitPerson(patient, { patients, bound }).map((group) => ({
      person: parts.newId(parts.clock()),
      patients: group,
    }));
    const left = moved.flatMap((one) => one.patients);
    return {
      status: 200,
      body: { patient, persons: [...stayed(person, patients, left), ...moved] },
      class: ENTRY_CLASS.configuration,
      subjects: [
        about(person, patient, { unlinked: patient, left, reason }),
        ...moved.map((one) => about(one.person, one.patients[0] ?? null, { from: person, reason })),
      ],
      writes: moved.flatMap((one) => moves(one, parts)),
    };
  },
};

interface Moved {
  readonly person: string;
  readonly patients: readonly string[];
}

function moves({ person, patients }: Moved, parts: Parts): readonly RowChange[] {
  const atMs = parts.clock();
  return patients.flatMap((patient): RowChange[] => [
    { kind: 'unlink', patient, atMs },
    { kind: 'link', patient, person, grade: 'certain', atMs },
  ]);
}

function stayed(person: string, patients: readonly string[], left: readonly string[]): readonly Moved[] {
  const staying = patients.filter((each) => !left.includes(each));
  return staying.length === 0 ? [] : [{ person, patients: staying }];
}

/** @throws `not-found` where the Patient has no person now */
function personOf(patient: string, links: readonly PersonLink[]): string {
  const link = links.find((each) => each.patient === patient && each.untilMs === undefined);
  if (link === undefined) throw new GatewayError('not-found');
  return link.person;
}

function isOf(person: string, link: PersonLink): boolean {
  return link.person === person && link.untilMs === undefined;
}

function shown({ patient, person, grade, fromMs, untilMs, recordId }: PersonLink) {
  return {
    patient,
    person,
    grade,
    from: new Date(fromMs).toISOString(),
    until: untilMs === undefined ? null : new Date(untilMs).toISOString(),
    record: recordId,
  };
}

function about(person: string, patient: string | null, links: SubjectDraft['links']): SubjectDraft {
  const decision = { effect: 'permit', code: null, basis: [], obligations: [] } as const;
  return {
    person,
    patient,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [],
    decision,
    links,
  };
}
