import { toHex } from '#digest';
import { ERRORS } from '#outcome';
import { ENTRY_CLASS, type ContentItem, type SealableRecord, type SubjectDraft } from '#provenance';
import type { KeyedWrite, SettledVersion } from '#store';
import { DONE_STATUS, type WriteCame } from './write-port.js';

/** What looking a write up found. */
export interface Found {
  readonly came: WriteCame;
  /** As the record says it. */
  readonly outcome: 'found' | 'not-written' | 'superseded';
}

/** The record of phase `outcome` of a write that was looked up: nobody asked for it now, and it names who once did. */
export function recordOfFinding(
  write: KeyedWrite,
  person: string | undefined,
  found: Found,
  at: { readonly id: string; readonly nowMs: number },
): SealableRecord {
  const { came, outcome } = found;
  return {
    class: ENTRY_CLASS.access,
    op: {
      id: at.id,
      time: new Date(at.nowMs).toISOString(),
      phase: 'outcome',
      interaction: write.interaction,
      outcome,
      status: statusOf(write, came),
      block: null,
    },
    actor: {
      client: write.client,
      user: null,
      organization: null,
      roles: [],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'LOOKUP',
      path: `/sources/${write.target.source}`,
      parameters: new Uint8Array(),
      requestId: write.id,
      intent: write.leaf,
    },
    subjects: [subjectOf(write, person, came)],
  };
}

function subjectOf({ id, target }: KeyedWrite, person: string | undefined, came: WriteCame): SubjectDraft {
  return {
    person,
    patient: target.patient ?? null,
    binding: null,
    content: contentOf(came),
    wire: undefined,
    upstream: [],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: {
      source: target.source,
      write: id,
      ...(came.kind === 'done' ? { salt: toHex(came.settlement.salt) } : {}),
    },
  };
}

function statusOf({ interaction }: KeyedWrite, came: WriteCame): number {
  return came.kind === 'done' ? DONE_STATUS[interaction] : ERRORS[came.code].status;
}

/** What stands there now, and the Provenance that came with it. */
export function contentOf(came: WriteCame): readonly ContentItem[] {
  if (came.kind !== 'done') return [];
  return [came.version, ...came.settlement.provenances].map(itemOf);
}

function itemOf({ type, id, versionId, canon }: SettledVersion): ContentItem {
  return { type, id, versionId, canon };
}
