import { sourcesOfPeer, type MllpHandler, type MllpPeer, type MllpRefusal, type V2Profile } from '#ehr';
import { answerTo, parseMessage, splitBatch, type V2Parsed, type Verdict } from '#normalize';
import { batchAnswer } from './batch-answer.js';
import type { ContactWatch } from './contact-watch.js';
import { judgeMessage } from './judge-message.js';
import { keepMessage, type Keeping } from './keep-message.js';

/** Messages of one frame that are read at a time; between, other senders have their turn. */
const TOGETHER = 64;

/** It was not kept, and may be when it is sent again. */
const NOT_KEPT: Verdict = { outcome: 'error', faults: [{ code: 207, location: 'MSH', severity: 'E' }] };
/** It never will be. */
const NO_MESSAGE: Verdict = { outcome: 'rejected', faults: [{ code: 100, location: 'MSH', severity: 'E' }] };
const TOO_LARGE: Verdict = { outcome: 'rejected', faults: [{ code: 207, location: 'MSH', severity: 'E' }] };

/** What a receiver is made of. */
export interface ReceiverOptions extends Keeping {
  readonly profiles: readonly V2Profile[];
  readonly contacts: Pick<ContactWatch, 'seen' | 'left'>;
  /** Told of the first refusal of each kind on a connection; nothing of a message. */
  readonly report: (refusal: RefusedMessage) => void;
}

/** That a message or a frame was not kept. */
export interface RefusedMessage {
  readonly reason: string;
  readonly peer: MllpPeer;
  /** Where the message could not be kept though it should be: what the inbox threw. */
  readonly cause?: unknown;
}

/**
 * Keeps messages and answers them: AA (or CA) only after the bytes are durable, AE where they could not be kept, AR where
 * they never will be. What is refused is not stored: neither garbage nor senders that nobody knows fill the database.
 */
export class MessageReceiver implements MllpHandler {
  readonly #options: ReceiverOptions;
  readonly #told = new WeakMap<MllpPeer, Set<string>>();

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  admits(peer: MllpPeer): boolean {
    const [only, ...others] = sourcesOfPeer(this.#options.profiles, peer);
    if (only === undefined) return false;
    // where the connection can be but one source's, that it is there says so; else its first message does
    if (others.length === 0) this.#options.contacts.seen(only.id, peer);
    return true;
  }

  left(peer: MllpPeer): void {
    this.#options.contacts.left(peer);
  }

  /** Each message of a frame is kept for itself; the answers go back in one frame. */
  async receive(payload: Uint8Array, peer: MllpPeer): Promise<Uint8Array | undefined> {
    const messages = splitBatch(payload);
    const answers: Uint8Array[] = [];
    for (let at = 0; at < messages.length; at += TOGETHER) {
      const part = messages.slice(at, at + TOGETHER).map((message) => this.#receive(message, peer));
      // oxlint-disable-next-line no-await-in-loop -- one part after the other, in order
      for (const answer of await Promise.all(part)) if (answer !== undefined) answers.push(answer);
    }
    return batchAnswer(payload, answers);
  }

  refuse(refusal: MllpRefusal, start: Uint8Array): Uint8Array | undefined {
    this.#options.figures.refused(refusal);
    const parsed = parseMessage(start);
    const isMessage = parsed.kind === 'message' || parsed.head.code !== undefined;
    const verdicts = {
      'too-large': TOO_LARGE,
      stray: NO_MESSAGE,
      unfinished: isMessage ? NOT_KEPT : NO_MESSAGE,
      overloaded: NOT_KEPT,
    };
    return this.#answer(parsed, verdicts[refusal]);
  }

  async #receive(bytes: Uint8Array, peer: MllpPeer): Promise<Uint8Array | undefined> {
    const judged = judgeMessage(bytes, this.#options.profiles, peer);
    if (judged.kind === 'refuse') {
      this.#refused({ reason: judged.why, peer });
      return this.#answer(judged.parsed, judged.verdict);
    }
    const { message, source } = judged;
    this.#options.contacts.seen(source.id, peer);
    const parsed: V2Parsed = { kind: 'message', message };
    try {
      return await keepMessage(this.#options, { bytes, message, source });
    } catch (cause) {
      this.#refused({ reason: 'not-kept', peer, cause });
      return this.#answer(parsed, NOT_KEPT);
    }
  }

  #answer(parsed: V2Parsed, verdict: Verdict): Uint8Array | undefined {
    return this.#counted(answerTo(parsed, verdict, this.#options.answering()));
  }

  #counted(answer: Uint8Array | undefined): Uint8Array | undefined {
    this.#options.figures.answered(answer);
    return answer;
  }

  #refused(refusal: RefusedMessage): void {
    this.#options.figures.refused(refusal.reason);
    const told = this.#told.get(refusal.peer) ?? new Set();
    this.#told.set(refusal.peer, told);
    if (told.has(refusal.reason)) return;
    told.add(refusal.reason);
    this.#options.report(refusal);
  }
}
