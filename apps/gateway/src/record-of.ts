import type { RuleSet } from '#consent';
import type { ErrorCode } from '#outcome';
import {
  ENTRY_CLASS,
  type ActorGroup,
  type BasisCitation,
  type BlockCitation,
  type RequestDraft,
  type SealableRecord,
  type SubjectDraft,
} from '#provenance';
import type { Principal } from '#smart';
import type { Stored } from '#store';
import type { Guarded, Incoming, NamedPerson, Rendered } from './exchange.js';
import type { Parts } from './parts.js';

/** The record of an answer that serves: one sub-entry per person whose data leave or who was named. */
export async function recordOfAnswer(
  state: Guarded,
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

/** Who was refused, and what: a caller that is known, an interaction that may not have been recognised. */
export interface Refused {
  readonly request: Incoming;
  readonly principal: Principal;
  readonly interaction: string;
  readonly named: readonly NamedPerson[];
  readonly code: ErrorCode;
  readonly status: number;
}

/** The record of a refusal or a failure after the caller was known. */
export async function recordOfRefusal(refused: Refused, parts: Parts): Promise<SealableRecord> {
  return {
    class: ENTRY_CLASS.access,
    op: {
      ...opOf(refused.interaction, parts),
      outcome: refused.code,
      status: refused.status,
      block: await blockNow(parts),
    },
    actor: actorOf(refused.principal),
    request: requestOf(refused.request),
    subjects: refused.named.map((named) => refusedSubject(named, refused.code)),
  };
}

/** Group 1 of a principal. */
export function actorOf(principal: Principal): ActorGroup {
  return {
    client: principal.client,
    user: principal.user ?? null,
    organization: principal.organization ?? null,
    roles: principal.roles,
    purpose: principal.purpose,
    tokenHash: principal.tokenHash,
    thumbprint: null,
  };
}

/** Group 2 of a request. Query and body are committed to, never kept. */
export function requestOf(request: Incoming): RequestDraft {
  return {
    method: wordOf(request.method),
    path: `/${wordOf(request.path.split('/')[1] ?? '')}`,
    parameters: Buffer.concat([Buffer.from(`${request.path}?${request.query}\0`, 'utf8'), request.body]),
    requestId: request.requestId,
    intent: null,
  };
}

/** A word of a route; whatever else a client sends in its place is committed to, like the rest, and not kept. */
function wordOf(text: string): string {
  return /^[$\w-]{0,64}$/.test(text) ? text : '';
}

/** Group 0 of a record made now. */
export function opOf(
  interaction: string,
  parts: Parts,
): { id: string; time: string; phase: 'single'; interaction: string } {
  const timeMs = Math.max(parts.clock(), parts.lastSealedMs());
  return {
    id: parts.newId(timeMs),
    time: new Date(timeMs).toISOString(),
    phase: 'single',
    interaction,
  };
}

async function blockNow(parts: Parts): Promise<BlockCitation | null> {
  const state = await parts.projection();
  return state === undefined ? null : { number: String(state.at.number), hash: state.at.hash };
}

function refusedSubject(named: NamedPerson, code: ErrorCode): SubjectDraft {
  return {
    person: named.person,
    patient: named.person === undefined ? null : named.patient,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [],
    decision: { effect: 'refusal', code, basis: [], obligations: [] },
    links: {},
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
function permitted({ permit }: Guarded): readonly string[] {
  return permit.basis.flatMap((basis) => (basis.kind === 'consent' ? [basis.consent] : []));
}

async function citations(
  set: RuleSet | undefined,
  consents: readonly string[],
  parts: Parts,
): Promise<readonly BasisCitation[]> {
  const cited = (set?.consents ?? []).filter(({ consent }) => consents.includes(consent));
  return Promise.all(
    cited.map(async ({ consent, citation }) => ({
      kind: 'consent' as const,
      consent,
      ...citation,
      binding: await parts.bindingLeaf(citation.binding),
    })),
  );
}
