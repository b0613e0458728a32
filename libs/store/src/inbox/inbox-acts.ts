import { toHex } from '#digest';
import type { SubjectDraft } from '#provenance';
import type { InboxEntry, InboxState } from './inbox.js';

/** Characters of the reason why a message is discarded. */
export const REASON_CHARACTERS = 200;

/** The states that an act may begin from. */
export const BEGINNINGS = {
  replay: ['converted', 'unsupported', 'failed', 'discarded'],
  discard: ['received', 'unsupported', 'failed'],
} as const satisfies Readonly<Record<string, readonly InboxState[]>>;

/** Whether an act may begin from a state. */
export function mayBegin(act: keyof typeof BEGINNINGS, state: InboxState): boolean {
  const states: readonly InboxState[] = BEGINNINGS[act];
  return states.includes(state);
}

/** A message in the record of an act, which only an auditor opens. */
export function inboxSubject(entry: InboxEntry, reason?: string): SubjectDraft {
  return {
    person: undefined,
    patient: null,
    binding: null,
    content: [],
    wire: undefined,
    upstream: [toHex(entry.digest)],
    decision: { effect: 'permit', code: null, basis: [], obligations: [] },
    links: {
      inbox: entry.id,
      source: entry.source,
      state: entry.state,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/** A message as stewards are shown it, without its content. */
export interface InboxLine {
  readonly id: string;
  readonly seq: string;
  readonly received: string;
  readonly source: string;
  readonly dialect: string;
  readonly sender: string;
  readonly message: string;
  readonly controlId: string;
  readonly state: InboxState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly digest: string;
  readonly record: string | null;
  readonly intact: boolean;
}

/** A message as stewards are shown it, without its content. */
export function inboxLine(entry: InboxEntry): InboxLine {
  const { id, source, dialect, sender, message, controlId, state, attempts } = entry;
  return {
    id,
    seq: String(entry.seq),
    received: new Date(entry.receivedMs).toISOString(),
    source,
    dialect,
    sender,
    message,
    controlId,
    state,
    reason: entry.reason ?? null,
    attempts,
    digest: toHex(entry.digest),
    record: entry.recordId ?? null,
    intact: entry.isIntact,
  };
}
