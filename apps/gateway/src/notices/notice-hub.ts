import { PassThrough, type Readable } from 'node:stream';
import { GatewayError } from '#outcome';
import type { AccessPlace } from '#store';

/** A comment of the stream: it keeps connections open, and finds those that are gone. */
const HEARTBEAT = ':\n\n';
/** How often a stream's token is looked at. */
const CHECK_MS = 1_000;

/** Who watches, and from where on. */
export interface Watch {
  readonly client: string;
  readonly person: string;
  /** The last place that was told of. */
  readonly after: AccessPlace;
  /** Whether the watcher may still watch. Rejects where that is not known now. */
  readonly mayGoOn: () => Promise<boolean>;
}

/** Events after a place, oldest first, as text, and the place after them. */
export interface NoticeBatch {
  readonly events: readonly string[];
  readonly place: AccessPlace;
  /** Whether there may be more. */
  readonly more: boolean;
}

/** Where notices come from: the index of accesses, which every replica reads for itself. */
export interface NoticeSource {
  /** Grows whenever there may be something new. */
  readonly position: () => Promise<bigint>;
  readonly after: (watch: Watch, place: AccessPlace) => Promise<NoticeBatch>;
}

/** Limits and times of the streams of one process. */
export interface NoticeHubOptions {
  readonly source: NoticeSource;
  readonly streamsMax: number;
  readonly streamsPerClient: number;
  /** Bytes that may wait for a reader; one that is slower is cut off. */
  readonly waitingBytes: number;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  /** Milliseconds; never goes back. */
  readonly clock: () => number;
}

interface Open {
  readonly watch: Watch;
  readonly stream: PassThrough;
  place: AccessPlace;
  isBehind: boolean;
  wroteMs: number;
  checkedMs: number;
}

/**
 * The streams of notices that this process holds. One timer serves them all: it looks at the index while anybody watches, tells
 * each what is new for her, and ends a stream whose token ended.
 */
export class NoticeHub {
  readonly #options: NoticeHubOptions;
  readonly #open = new Set<Open>();
  #position = -1n;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: NoticeHubOptions) {
    this.#options = options;
  }

  /** Streams that are open. */
  get size(): number {
    return this.#open.size;
  }

  /** @throws GatewayError `too-many-requests` where the client has enough of them, `overloaded` where all do, or at a stop */
  demandRoom(client: string): void {
    const { streamsMax, streamsPerClient } = this.#options;
    const own = [...this.#open].filter(({ watch }) => watch.client === client).length;
    if (own >= streamsPerClient) throw new GatewayError('too-many-requests', { retryAfterS: 30 });
    if (this.#isClosed || this.#open.size >= streamsMax)
      throw new GatewayError('overloaded', { retryAfterS: 30 });
  }

  /** Opens a stream of what comes after a place; closing it, from either side, ends the watch. Throws as `demandRoom` does. */
  open(watch: Watch): Readable {
    this.demandRoom(watch.client);
    const nowMs = this.#options.clock();
    const stream = new PassThrough();
    const open: Open = {
      watch,
      stream,
      place: watch.after,
      isBehind: true,
      wroteMs: nowMs,
      checkedMs: nowMs,
    };
    this.#open.add(open);
    stream.once('close', () => this.#open.delete(open));
    // who went away has heard all that he wanted
    stream.on('error', () => undefined);
    stream.write(HEARTBEAT);
    this.#schedule();
    return stream;
  }

  /** Ends every stream; none is opened any more. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const { stream } of this.#open) stream.end();
    this.#open.clear();
  }

  /** One look for all streams. The timer calls it; what cannot be read now is read at the next. */
  async look(): Promise<void> {
    const position = await this.#options.source.position();
    const hasGrown = position !== this.#position;
    this.#position = position;
    await Promise.allSettled([...this.#open].map((open) => this.#serve(open, hasGrown)));
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.look()
        .catch(() => undefined)
        .finally(() => {
          this.#timer = undefined;
          if (this.#open.size > 0) this.#schedule();
        });
    }, this.#options.pollMs).unref();
  }

  async #serve(open: Open, hasGrown: boolean): Promise<void> {
    const { clock, heartbeatMs, source, waitingBytes } = this.#options;
    // until it was told of all that is there, also where a look fails
    open.isBehind ||= hasGrown;
    const isDue = open.isBehind || clock() - open.checkedMs >= CHECK_MS;
    if (isDue && !(await this.#mayGoOn(open))) return;
    if (open.isBehind) {
      const { events, place, more } = await source.after(open.watch, open.place);
      open.place = place;
      open.isBehind = more;
      if (events.length > 0) this.#write(open, events.join(''));
    }
    if (clock() - open.wroteMs >= heartbeatMs) this.#write(open, HEARTBEAT);
    const waiting = open.stream.writableLength + open.stream.readableLength;
    if (waiting > waitingBytes) this.#end(open, () => open.stream.destroy());
  }

  async #mayGoOn(open: Open): Promise<boolean> {
    open.checkedMs = this.#options.clock();
    if (await open.watch.mayGoOn()) return true;
    this.#end(open, () => open.stream.end());
    return false;
  }

  #write(open: Open, text: string): void {
    if (!this.#open.has(open)) return;
    open.stream.write(text);
    open.wroteMs = this.#options.clock();
  }

  #end(open: Open, how: () => void): void {
    this.#open.delete(open);
    how();
  }
}
