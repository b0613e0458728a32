import { toHex } from '#digest';
import { opOf, type Rendered } from '#http';
import type { ContentItem, SealableRecord } from '#provenance';
import type { Parts } from './parts.js';
import type { VendorCame } from './vendor-writes.js';
import type { Accepted } from './writing.js';

/** What came of a write, and what the client is told. */
interface Outcome {
  /** The record of the intent. */
  readonly base: SealableRecord;
  readonly came: VendorCame;
  readonly leaf: string;
  readonly answer: Rendered;
}

/** The record of phase `outcome`: who asked, as in the intent, and what stands there now. */
export function recordOfOutcome(
  state: Accepted,
  { base, came, leaf, answer }: Outcome,
  parts: Parts,
): SealableRecord {
  const op = { ...opOf(state.interaction.kind, parts), phase: 'outcome' as const };
  const content = came.kind === 'done' ? [came.version, ...came.settlement.provenances].map(itemOf) : [];
  const salt = came.kind === 'done' ? { salt: toHex(came.settlement.salt) } : {};
  return {
    ...base,
    op: {
      ...op,
      outcome: came.kind === 'done' ? 'permit' : came.kind,
      status: answer.status,
      block: base.op.block,
    },
    request: { ...base.request, intent: leaf },
    subjects: base.subjects.map((subject) => ({
      ...subject,
      content,
      wire: answer.body.byteLength === 0 ? undefined : answer.body,
      links: { source: state.source, ...salt },
    })),
  };
}

/** What is only wished for is no version yet. */
export function withoutContent(record: SealableRecord): SealableRecord {
  return { ...record, subjects: record.subjects.map((subject) => ({ ...subject, content: [] })) };
}

function itemOf({ type, id, versionId, canon }: ContentItem): ContentItem {
  return { type, id, versionId, canon };
}
