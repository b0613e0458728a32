import type { IntakeSink } from '#ehr';
import { permitSource } from '#consent';
import type { V2Normalised } from '#normalize';
import type { InboxIssue, TakenMessage } from '#store';
import type { MessageEnd } from './v2-figures.js';

/** A sender's clock may go so far ahead of ours. */
const AHEAD_MS = 5 * 60_000;

const AHEAD: InboxIssue = {
  severity: 'warning',
  code: 'invalid-value',
  type: undefined,
  expression: 'EVN-2',
};

/** A message that waited, with its bytes. */
export type Message = Extract<TakenMessage, { kind: 'message' }>;

/** What became of a message: written, or why it cannot be. */
export type DeliveredMessage =
  | { readonly kind: 'done'; readonly state: Exclude<MessageEnd, 'failed'> }
  | { readonly kind: 'failed'; readonly reason: string; readonly issues: readonly InboxIssue[] };

/** What delivering needs. */
export interface DeliverOptions {
  readonly sink: Pick<IntakeSink, 'accept'>;
  /** Converts a message of a source. */
  readonly normalise: (bytes: Uint8Array, source: string) => Promise<V2Normalised>;
}

/**
 * Converts a message and hands it to the intake, whose one append writes resources, record and the message's new state.
 * @throws what the conversion or the intake throws
 */
export async function deliverMessage(options: DeliverOptions, message: Message): Promise<DeliveredMessage> {
  const { source, id, bytes, digest, sender, receivedMs: atMs } = message;
  const normalised = await options.normalise(bytes, source);
  const { kind } = normalised;
  if (kind === 'malformed') return { kind: 'failed', reason: 'malformed', issues: normalised.issues };
  const { eventMs, issues } = inTime(normalised, atMs);
  await options.sink.accept(permitSource({ source }), {
    source,
    patient: normalised.patient,
    resources: normalised.resources,
    completeTypes: [],
    pulledTypes: [],
    atMs,
    eventMs,
    merges: normalised.merges,
    lineage: {
      digest: Buffer.from(digest).toString('hex'),
      sender,
      converter: normalised.converter,
      inboxId: id,
    },
    inbox: { kind: 'inbox', id, state: kind, issues },
  });
  return { kind: 'done', state: kind };
}

/**
 * What is newer is not overwritten by what is older. A message that claims a time to come would keep out whatever the source
 * sends until then: it counts as of when it came.
 */
function inTime(
  { eventMs, issues }: V2Normalised,
  receivedMs: number,
): { readonly eventMs: number | undefined; readonly issues: readonly InboxIssue[] } {
  if (eventMs === undefined || eventMs <= receivedMs + AHEAD_MS) return { eventMs, issues };
  return { eventMs: receivedMs, issues: [...issues, AHEAD] };
}
