import type { Access, SubjectDraft } from '#provenance';

/** A person of whom an answer tells, or who was asked for by a patient id of hers. */
export interface AskedPerson {
  readonly person: string;
  readonly patient: string;
}

/**
 * Whom an answer to an auditor concerns: each person of whom a shown record tells, with the indexes of those records, and
 * who was asked for, though nothing was found. An erased person is not among them: nothing of hers was shown.
 */
export function shownPersons(
  shown: readonly Access[],
  asked: readonly AskedPerson[] = [],
): readonly SubjectDraft[] {
  const persons = new Map<string, { patient: string | null; records: Set<string> }>(
    asked.map(({ person, patient }) => [person, { patient, records: new Set() }]),
  );
  for (const { index, subjects } of shown) {
    for (const subject of subjects) {
      if (subject.kind === 'erased' || subject.person === null) continue;
      const { person, patient } = subject;
      const held = persons.get(person) ?? { patient, records: new Set<string>() };
      held.records.add(index);
      persons.set(person, held);
    }
  }
  return [...persons].map(([person, { patient, records }]) => ({
    person,
    patient,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: { records: [...records] },
  }));
}
