import type { Basis } from '#consent';
import { actorOf, opOf, refusedSubject, requestOf, type Rendered } from '#http';
import { ENTRY_CLASS, type SealableRecord, type SubjectDraft } from '#provenance';
import type { Stored } from '#store';
import { citations } from './citations.js';
import type { Guarded, ReadInteraction } from './exchange.js';
import type { Parts } from './parts.js';

/** The record of an answer that serves: one sub-entry per person whose data leave or who was named. */
export async function recordOfAnswer(
  state: Guarded<ReadInteraction>,
  answer: Rendered,
  parts: Parts,
): Promise<SealableRecord> {
  const { asOf } = state.permit.predicate;
  const absent = state.rows.length === 0 && state.interaction.kind !== 'search-type';
  const subjects = absent
    ? state.owners.persons.map((owner) => refusedSubject(owner, 'not-found'))
    : await servedSubjects(state, answer, parts);
  return {
    class: ENTRY_CLASS.access,
    op: {
      ...opOf(state.interaction.kind, parts),
      outcome: absent ? 'not-found' : 'permit',
      status: answer.status,
      block: { number: String(asOf.number), hash: asOf.hash },
    },
    actor: actorOf(state.principal),
    request: requestOf(state.request),
    subjects,
  };
}

async function servedSubjects(state: Guarded, answer: Rendered, parts: Parts): Promise<SubjectDraft[]> {
  const persons = new Map<string, { patient: string; rows: Stored[] }>();
  for (const { person, patient } of state.named) {
    if (person !== undefined) persons.set(person, { patient, rows: [] });
  }
  for (const row of state.rows) {
    for (const { person, patient } of row.patients) {
      if (person === undefined) continue;
      const held = persons.get(person) ?? { patient, rows: [] };
      held.rows.push(row);
      persons.set(person, held);
    }
  }
  return Promise.all(
    [...persons].map(([person, { patient, rows }]) =>
      servedSubject(state, { person, patient, rows, answer }, parts),
    ),
  );
}

async function servedSubject(
  state: Guarded,
  served: { person: string; patient: string; rows: readonly Stored[]; answer: Rendered },
  parts: Parts,
): Promise<SubjectDraft> {
  const set = state.ruleSets.find(({ person }) => person === served.person);
  const basis = await citations(set, state.bases.get(served.person) ?? permitted(state), parts);
  return {
    person: served.person,
    patient: served.patient,
    binding: basis[0]?.kind === 'consent' ? basis[0].binding : null,
    content: served.rows.map(({ type, id, versionId, canon }) => ({ type, id, versionId, canon })),
    wire: served.answer.body,
    upstream: [],
    decision: { effect: 'permit', code: null, basis, obligations: state.obligations.map(({ kind }) => kind) },
    links: {},
  };
}

/** What the decision itself rests on: an answer about a named person may hold no row of hers. */
function permitted({ permit }: Guarded): readonly Basis[] {
  return permit.basis;
}
