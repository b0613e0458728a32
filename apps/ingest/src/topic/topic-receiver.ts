import { isSenderOf, type MllpPeer, type V2Profile } from '#ehr';
import { answerTo, parseMessage, splitBatch, type V2Parsed, type Verdict } from '#normalize';
import { batchAnswer } from '../v2/batch-answer.js';
import type { ContactWatch } from '../v2/contact-watch.js';
import { headerVerdict, rejected, type RefusalReason } from '../v2/judge-message.js';
import { keepMessage, type Keeping } from '../v2/keep-message.js';

/** Header that names the source of a message; the key does where it is absent. */
export const SOURCE_HEADER = 'proviso-source';

/** What came from a topic. */
export interface TopicMessage {
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** One message of HL7 v2, or several as a batch. */
  readonly value: Uint8Array;
}

/** Why something of a topic is not taken. `docs/events.md` says what each means. */
export type DeadReason = 'unknown-source' | 'too-large' | RefusalReason;

/** What became of it. */
export interface TopicOutcome {
  /** The configured source, where there is one. */
  readonly source: string | undefined;
  readonly answer: Uint8Array | undefined;
  /** Why it, or part of it, was not taken. */
  readonly dead: DeadReason | undefined;
}

/** What a receiver is made of. */
export interface TopicReceiverOptions extends Keeping {
  readonly profiles: readonly V2Profile[];
  readonly contacts: Pick<ContactWatch, 'seen' | 'left'>;
  /** Size of a value. */
  readonly maxBytes: number;
}

/**
 * Keeps messages of a topic as those of a connection are kept: when `take` resolves they are durable, or never will be taken.
 * It rejects where they could not be kept though they should be: the same message is to be handed over again.
 */
export class TopicReceiver {
  readonly #options: TopicReceiverOptions;

  constructor(options: TopicReceiverOptions) {
    this.#options = options;
  }

  async take(message: TopicMessage): Promise<TopicOutcome> {
    const { profiles, maxBytes } = this.#options;
    const name = message.headers[SOURCE_HEADER] ?? message.key;
    const source = profiles.find(({ id, peers }) => id === name && peers.topic);
    if (source === undefined) return this.#dead('unknown-source', undefined);
    if (message.value.length > maxBytes) return this.#dead('too-large', source.id);
    this.#seen(source.id);
    const answers: Uint8Array[] = [];
    let dead: DeadReason | undefined;
    for (const bytes of splitBatch(message.value)) {
      // oxlint-disable-next-line no-await-in-loop -- in their order
      const outcome = await this.#takeOne(bytes, source);
      if (outcome.answer !== undefined) answers.push(outcome.answer);
      dead ??= outcome.dead;
    }
    return { source: source.id, answer: batchAnswer(message.value, answers), dead };
  }

  async #takeOne(bytes: Uint8Array, source: V2Profile): Promise<Omit<TopicOutcome, 'source'>> {
    const parsed = parseMessage(bytes, { charset: source.charset });
    const refusal = refusalOf(parsed, source);
    if (parsed.kind === 'message' && refusal === undefined) {
      const answer = await keepMessage(this.#options, { bytes, message: parsed.message, source });
      return { answer, dead: undefined };
    }
    const { why, verdict } = refusal ?? { why: 'unreadable', verdict: rejected(100, 'MSH') };
    const answer = answerTo(parsed, verdict, this.#options.answering());
    this.#options.figures.answered(answer);
    return { answer, dead: this.#refused(why) };
  }

  #dead(reason: DeadReason, source: string | undefined): TopicOutcome {
    return { source, answer: undefined, dead: this.#refused(reason) };
  }

  #refused(reason: DeadReason): DeadReason {
    this.#options.figures.refused(reason);
    return reason;
  }

  /** A topic has no connections: each message is one. */
  #seen(source: string): void {
    const peer: MllpPeer = { kind: 'plain', address: 'topic', isLoopback: false };
    this.#options.contacts.seen(source, peer);
    this.#options.contacts.left(peer);
  }
}

function refusalOf(
  parsed: V2Parsed,
  source: V2Profile,
): { readonly why: RefusalReason; readonly verdict: Verdict } | undefined {
  if (parsed.kind === 'fault') return { why: 'unreadable', verdict: headerVerdict(parsed, source) };
  const { sendingApplication: application, sendingFacility: facility } = parsed.message.header;
  if (!isSenderOf(source, { application, facility }))
    return { why: 'unknown-sender', verdict: rejected(103, 'MSH-3') };
  const verdict = headerVerdict(parsed, source);
  return verdict.outcome === 'accepted' ? undefined : { why: 'header', verdict };
}
