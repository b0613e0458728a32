import type { ErrorCode } from '#outcome';
import {
  ENTRY_CLASS,
  type ActorGroup,
  type BlockCitation,
  type RequestDraft,
  type SealableRecord,
  type SubjectDraft,
} from '#provenance';
import type { Principal } from '#smart';
import type { Incoming } from './incoming.js';
import type { PipelineParts } from './pipeline-parts.js';

/** A person that a request names, with the patient id that it used. */
export interface NamedPerson {
  /** Empty where she was found by a record that names none of her Patients. */
  readonly patient: string;
  /** `undefined`: no such patient here. */
  readonly person: string | undefined;
}

/** What the heads of a record are made of. */
type HeadParts = Pick<PipelineParts<never>, 'clock' | 'lastSealedMs' | 'newId' | 'projection'>;

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
export async function recordOfRefusal(refused: Refused, parts: HeadParts): Promise<SealableRecord> {
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
  parts: HeadParts,
): { id: string; time: string; phase: 'single'; interaction: string } {
  const timeMs = Math.max(parts.clock(), parts.lastSealedMs());
  return {
    id: parts.newId(timeMs),
    time: new Date(timeMs).toISOString(),
    phase: 'single',
    interaction,
  };
}

async function blockNow(parts: HeadParts): Promise<BlockCitation | null> {
  const state = await parts.projection();
  return state === undefined ? null : { number: String(state.at.number), hash: state.at.hash };
}

/** The sub-entry of a person who was named and not served. */
export function refusedSubject(named: NamedPerson, code: ErrorCode): SubjectDraft {
  return {
    person: named.person,
    patient: named.person === undefined || named.patient === '' ? null : named.patient,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [],
    decision: { effect: 'refusal', code, basis: [], obligations: [] },
    links: {},
  };
}
