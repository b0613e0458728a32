import { senderOf, type IntakeSink, type V2Profile } from '#ehr';
import { permitSource } from '#consent';
import { validateResource } from '#fhir';
import type { normaliseV2, V2Normalised } from '#normalize';
import type { InboxIssue, TakenMessage } from '#store';
import type { MessageEnd } from './v2-figures.js';

/** Resources that a converter makes for whoever reads its output: the intake writes its own Provenance. */
const NOT_STORED = new Set(['MessageHeader', 'Provenance']);

/** A message that waited, with its bytes. */
export type Message = Extract<TakenMessage, { kind: 'message' }>;

/** What became of a message: written, or why it cannot be. */
export type DeliveredMessage =
  | { readonly kind: 'done'; readonly state: Exclude<MessageEnd, 'failed'> }
  | { readonly kind: 'failed'; readonly reason: string; readonly issues: readonly InboxIssue[] };

/** What delivering needs. */
export interface DeliverOptions {
  readonly sink: Pick<IntakeSink, 'accept'>;
  readonly normalise: typeof normaliseV2;
}

/**
 * Converts a message and hands it to the intake, whose one append writes resources, record and the message's new state.
 * @throws what the intake throws
 */
export async function deliverMessage(
  options: DeliverOptions,
  message: Message,
  profile: V2Profile,
): Promise<DeliveredMessage> {
  const { source, id, bytes, digest, sender, receivedMs: atMs } = message;
  const normalised = options.normalise(bytes, { sender: senderOf(profile), validate: validateResource });
  const { kind, issues } = normalised;
  if (kind === 'malformed') return { kind: 'failed', reason: 'malformed', issues };
  await options.sink.accept(permitSource({ source }), {
    source,
    patient: normalised.patient,
    resources: storedOf(normalised),
    completeTypes: [],
    pulledTypes: [],
    atMs,
    eventMs: normalised.eventMs,
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

function storedOf({ resources }: V2Normalised) {
  return resources
    .filter(({ type }) => !NOT_STORED.has(type))
    .map(({ type, id, resource, upstream, mode, cleared }) => ({
      type,
      id,
      resource,
      upstream,
      mode,
      cleared,
    }));
}
