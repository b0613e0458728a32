import type { JsonObject } from '#digest';
import { actorOf, opOf, requestOf, type Rendered } from '#http';
import { ENTRY_CLASS, type ContentItem, type SealableRecord, type SubjectDraft } from '#provenance';
import type { VersionWrite } from '#store';
import { citations } from './citations.js';
import type { Parts } from './parts.js';
import { beforeOf, type Accepted } from './writing.js';

/** What a record of a write tells of; the version may have been written before. */
export type Recorded = Pick<
  Accepted,
  'permit' | 'interaction' | 'principal' | 'request' | 'persons' | 'ruleSets' | 'basis' | 'rows'
> & { readonly version: Pick<Accepted['version'], keyof ContentItem | 'patients'> };

/** What leaves, and what is written beside the version. */
interface Written {
  readonly answer: Rendered;
  readonly provenance: VersionWrite | undefined;
  /** Of a write that was made before: the record that made it. */
  readonly links?: JsonObject;
}

/** The record of a write: one sub-entry per person whose record it changes, before or after. */
export async function recordOfWrite(
  state: Recorded,
  written: Written,
  parts: Parts,
): Promise<SealableRecord> {
  const { asOf } = state.permit.predicate;
  const patients = new Map([...state.persons].map(([patient, person]) => [person, patient]));
  return {
    class: ENTRY_CLASS.access,
    op: {
      ...opOf(state.interaction.kind, parts),
      outcome: 'permit',
      status: written.answer.status,
      block: { number: String(asOf.number), hash: asOf.hash },
    },
    actor: actorOf(state.principal),
    request: requestOf(state.request),
    subjects: await Promise.all(
      [...patients].map(([person, patient]) => subjectOf(state, { person, patient }, written, parts)),
    ),
  };
}

async function subjectOf(
  state: Recorded,
  { person, patient }: { readonly person: string; readonly patient: string },
  written: Written,
  parts: Parts,
): Promise<SubjectDraft> {
  const set = state.ruleSets.find((one) => one.person === person);
  const basis = await citations(set, state.basis, parts);
  return {
    person,
    patient,
    binding: basis[0]?.kind === 'consent' ? basis[0].binding : null,
    content: contentFor(person, state, written),
    wire: written.answer.body.byteLength === 0 ? undefined : written.answer.body,
    upstream: [],
    decision: {
      effect: 'permit',
      code: null,
      basis,
      obligations: state.permit.obligations.map(({ kind }) => kind),
    },
    links: written.links ?? {},
  };
}

/** What was written of a person's record. Whose it is not any more is told of what was hers, not of what it became. */
function contentFor(person: string, state: Recorded, { provenance }: Written): readonly ContentItem[] {
  const before = beforeOf(state);
  const isTheirs = state.version.patients.some(({ patient }) => state.persons.get(patient) === person);
  if (isTheirs) return [state.version, ...(provenance === undefined ? [] : [provenance])].map(itemOf);
  return before === undefined ? [] : [itemOf(before)];
}

function itemOf({ type, id, versionId, canon }: ContentItem): ContentItem {
  return { type, id, versionId, canon };
}
