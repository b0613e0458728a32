import { GatewayError } from '#outcome';
import { isDatabaseLost, isTooMuch, type InboxIssue, type InboxQueue, type WaitingMessage } from '#store';
import type { DeliveredMessage, Message } from './deliver-message.js';
import { nextMessages } from './next-messages.js';
import type { V2Figures } from './v2-figures.js';

/** Messages under way at a time. */
const IN_FLIGHT = 128;
/** Waiting messages that are looked at: one patient's may be so many before others have to wait for them. */
const WINDOW = 500;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A delivery that others get in the way of, or that is too much for the database, is tried so often. */
const TRIES = 10;

/** What a worker is made of. */
export interface InboxWorkerOptions {
  readonly queue: InboxQueue;
  /** Which of the sources this process leads. */
  readonly lead: { hold(sources: readonly string[]): Promise<readonly string[]>; release(): void };
  readonly sources: readonly string[];
  /** Converts and writes a message; rejects where it could not be written. */
  readonly deliver: (message: Message) => Promise<DeliveredMessage>;
  readonly figures: Pick<V2Figures, 'ended'>;
  /** Told of what went wrong: the inbox row's id, never anything of the message. */
  readonly report: (trouble: InboxTrouble) => void;
  /** Time after which the inbox is looked at even if nobody pokes: others may have put something there. */
  readonly lookMs: number;
  /** Between two tries while nothing can be done, milliseconds at most. */
  readonly longestPauseMs?: number;
}

/** Something that a person should know. */
export interface InboxTrouble {
  /**
   * `unavailable`: database or log do not answer, all waits; `fault`: all waits for a reason of ours; `altered`: the row is not
   * as it was written, and left alone.
   */
  readonly kind: 'failed' | 'altered' | 'unavailable' | 'fault';
  readonly id: string | undefined;
  readonly reason: string;
  readonly cause?: unknown;
}

/**
 * Converts what waits in the inbox: in order for each source and patient, several at once across patients. What cannot
 * be converted is failed, and holds up nobody; while the database or the log is away everything waits.
 */
export class InboxWorker {
  readonly #options: InboxWorkerOptions;
  readonly #running = new Map<string, WaitingMessage>();
  readonly #altered = new Set<string>();
  readonly #tries = new Map<string, number>();
  #waiting: readonly WaitingMessage[] = [];
  #isStopping = false;
  /** Something may wait that was not looked at. */
  #isStale = true;
  /** A message waits again: none that was seen waiting may begin before the order is seen anew. */
  #isBack = false;
  /** More waits than was looked at. */
  #isMore = false;
  #isAway = false;
  #pauseMs = 0;
  #woken = Promise.withResolvers<void>();
  #pause = Promise.withResolvers<void>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: InboxWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Something new waits. */
  poke(): void {
    this.#isStale = true;
    this.#woken.resolve();
  }

  /** Takes nothing more, and resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#pause.resolve();
    this.#woken.resolve();
    await this.#loop;
  }

  /** When the oldest message was received that waits or is under way here, by source; epoch milliseconds. */
  oldestMs(): ReadonlyMap<string, number> {
    const oldest = new Map<string, number>();
    for (const { source, receivedMs } of [...this.#waiting, ...this.#running.values()]) {
      oldest.set(source, Math.min(oldest.get(source) ?? Infinity, receivedMs));
    }
    return oldest;
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      // oxlint-disable no-await-in-loop -- one round after the other
      await this.#round().catch((cause: unknown) => this.#wait(cause));
      await this.#rest();
      // oxlint-enable no-await-in-loop
    }
    while (this.#running.size > 0) {
      this.#woken = Promise.withResolvers();
      // oxlint-disable-next-line no-await-in-loop -- until the last has ended
      await this.#woken.promise;
    }
    this.#options.lead.release();
  }

  /** Until something new waits, a place is free, or it is time to look again; for the pause where nothing can be done. */
  async #rest(): Promise<void> {
    const isAway = this.#isAway;
    this.#isAway = false;
    const { longestPauseMs = LONGEST_PAUSE_MS } = this.#options;
    if (isAway) this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), longestPauseMs);
    if (isAway) this.#pause = Promise.withResolvers();
    const rested = isAway ? this.#pause : this.#woken;
    if (this.#isStopping) rested.resolve();
    const look = setTimeout(
      () => {
        this.#isStale = true;
        rested.resolve();
      },
      isAway ? this.#pauseMs : this.#options.lookMs,
    );
    await rested.promise;
    clearTimeout(look);
    this.#woken = Promise.withResolvers();
  }

  async #round(): Promise<void> {
    const free = IN_FLIGHT - this.#running.size;
    if (free === 0) return;
    let next = nextMessages(this.#waiting, this.#running.values(), free);
    const isLow = this.#isMore && this.#waiting.length < WINDOW / 2;
    if (this.#isBack || (next.length < free && (this.#isStale || isLow))) {
      await this.#look();
      next = nextMessages(this.#waiting, this.#running.values(), free);
    }
    if (next.length > 0) await this.#take(next);
  }

  async #look(): Promise<void> {
    const { queue, lead, sources } = this.#options;
    this.#isStale = false;
    this.#isBack = false;
    const led = await lead.hold(sources);
    const limit = WINDOW + this.#altered.size;
    const waiting = led.length === 0 ? [] : await queue.waiting(led, limit);
    this.#isMore = waiting.length === limit;
    this.#waiting = waiting.filter(({ id }) => !this.#running.has(id) && !this.#altered.has(id));
    const there = new Set(waiting.map(({ id }) => id));
    for (const known of [this.#tries, this.#altered]) {
      for (const id of known.keys()) if (!there.has(id)) known.delete(id);
    }
  }

  async #take(next: readonly WaitingMessage[]): Promise<void> {
    const ids = new Set(next.map(({ id }) => id));
    const taken = await this.#options.queue.take([...ids]);
    this.#waiting = this.#waiting.filter(({ id }) => !ids.has(id));
    const byId = new Map(next.map((message) => [message.id, message]));
    for (const message of taken) {
      const waited = byId.get(message.id);
      if (message.kind === 'altered') this.#leaveAlone(message.id);
      else if (waited !== undefined) this.#begin(waited, message);
    }
  }

  #begin(waited: WaitingMessage, message: Message): void {
    this.#running.set(waited.id, waited);
    void this.#end(waited, this.#convert(message));
  }

  async #end(waited: WaitingMessage, converted: Promise<boolean>): Promise<void> {
    const isOver = await converted;
    this.#running.delete(waited.id);
    if (!isOver) {
      this.#waiting = [waited, ...this.#waiting];
      this.#isBack = true;
    }
    this.#woken.resolve();
  }

  /** Whether the message waits no more. Never rejects. */
  async #convert(message: Message): Promise<boolean> {
    try {
      const delivered = await this.#options.deliver(message);
      if (delivered.kind === 'failed')
        await this.#fail(message, delivered.reason, { issues: delivered.issues });
      else this.#options.figures.ended(message.source, delivered.state);
      this.#tries.delete(message.id);
      this.#pauseMs = 0;
      return true;
    } catch (cause) {
      return this.#troubled(message, cause).catch((second: unknown) => {
        this.#wait(second);
        return false;
      });
    }
  }

  /** Whether the message waits no more. Somebody else may have converted or discarded it, or been faster with a resource. */
  async #troubled(message: Message, cause: unknown): Promise<boolean> {
    const isAway = isUnavailable(cause);
    const isCounted = isCode(cause, 'version-conflict') || isTooMuch(cause);
    if (isCounted ? this.#isTriedAgain(message.id) : isAway) {
      if (isAway) this.#wait(cause);
      return false;
    }
    this.#tries.delete(message.id);
    await this.#fail(message, cause instanceof GatewayError ? cause.code : 'fault', { issues: [], cause });
    return true;
  }

  #isTriedAgain(id: string): boolean {
    const tries = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, tries);
    return tries < TRIES;
  }

  async #fail(
    { id, source }: Message,
    reason: string,
    why: { readonly issues: readonly InboxIssue[]; readonly cause?: unknown },
  ): Promise<void> {
    try {
      await this.#options.queue.fail(id, reason, why.issues);
    } catch (second) {
      if (isCode(second, 'version-conflict')) return;
      if (isCode(second, 'integrity-failure')) return this.#leaveAlone(id);
      throw second;
    }
    this.#options.figures.ended(source, 'failed');
    this.#options.report({ kind: 'failed', id, reason, cause: why.cause });
  }

  #leaveAlone(id: string): void {
    this.#altered.add(id);
    this.#options.report({ kind: 'altered', id, reason: 'integrity-failure' });
  }

  /** Nothing can be done for now. Said once, until something could be done. */
  #wait(cause: unknown): void {
    if (this.#pauseMs === 0 && !this.#isAway) {
      const kind = isUnavailable(cause) ? 'unavailable' : 'fault';
      this.#options.report({ kind, id: undefined, reason: 'waits', cause });
    }
    this.#isBack = true;
    this.#isAway = true;
    this.#woken.resolve();
  }
}

/** Whether another try may succeed without anything being changed. */
function isUnavailable(cause: unknown): boolean {
  return isCode(cause, 'seal-unavailable') || isCode(cause, 'overloaded') || isDatabaseLost(cause);
}

function isCode(cause: unknown, code: GatewayError['code']): boolean {
  return cause instanceof GatewayError && cause.code === code;
}
