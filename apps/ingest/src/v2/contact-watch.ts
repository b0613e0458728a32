import { setTimeout as sleep } from 'node:timers/promises';
import type { MllpPeer, V2Profile } from '#ehr';

const MS_PER_S = 1_000;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 10_000;

/** Where processes tell each other when a source was connected. */
export interface SourceContacts {
  note(contacts: ReadonlyMap<string, number>): Promise<void>;
  newest(): Promise<ReadonlyMap<string, number>>;
}

/** What a watch is made of. */
export interface ContactWatchOptions {
  readonly profiles: readonly Pick<V2Profile, 'id' | 'silentAfterS'>[];
  readonly contacts: SourceContacts;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Which senders are silent: nobody has seen a connection of theirs for longer than their profile allows. A connection is
 * a source's from the start where it can be nobody else's, else from its first message on. A process that starts gives
 * senders their time to connect.
 */
export class ContactWatch {
  readonly #options: ContactWatchOptions;
  readonly #connected = new Map<MllpPeer, string>();
  readonly #lastMs: Map<string, number>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: ContactWatchOptions) {
    this.#options = options;
    this.#lastMs = new Map(options.profiles.map(({ id }) => [id, options.clock()]));
  }

  /** This connection is the source's: by whom it comes from, or by a message that came over it. */
  seen(source: string, peer: MllpPeer): void {
    this.#connected.set(peer, source);
    this.#note(source, this.#options.clock());
  }

  /** A connection ended. */
  left(peer: MllpPeer): void {
    const source = this.#connected.get(peer);
    this.#connected.delete(peer);
    if (source !== undefined) this.#note(source, this.#options.clock());
  }

  /** Ids of the sources that are silent. */
  silent(): readonly string[] {
    const nowMs = this.#options.clock();
    const connected = new Set(this.#connected.values());
    return this.#options.profiles
      .filter(({ id, silentAfterS }) => {
        return !connected.has(id) && nowMs - (this.#lastMs.get(id) ?? 0) > silentAfterS * MS_PER_S;
      })
      .map(({ id }) => id);
  }

  /** Begins to share what is seen with the other processes of the database. */
  start(): void {
    this.#running = this.#share();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #share(): Promise<void> {
    const { signal } = this.#stopping;
    const shortest = Math.min(...this.#options.profiles.map(({ silentAfterS }) => silentAfterS));
    const everyMs = Math.min(Math.max((shortest * MS_PER_S) / 3, SHORTEST_MS), LONGEST_MS);
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one exchange after the other
      // Without the database nobody is told; what this process sees itself still counts.
      await this.#exchange().catch(() => undefined);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      // oxlint-enable no-await-in-loop
    }
  }

  async #exchange(): Promise<void> {
    const { contacts, clock } = this.#options;
    for (const source of this.#connected.values()) this.#note(source, clock());
    await contacts.note(new Map([...this.#connected.values()].map((source) => [source, clock()])));
    for (const [source, atMs] of await contacts.newest()) this.#note(source, atMs);
  }

  #note(source: string, atMs: number): void {
    this.#lastMs.set(source, Math.max(this.#lastMs.get(source) ?? 0, atMs));
  }
}
