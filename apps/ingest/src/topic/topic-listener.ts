import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
const CLOSE_MS = 3_000;

/** What is listened to. */
export interface ListenOptions {
  /** Makes the topics that are not there, and listens; `ended` is called where it stops by itself. */
  readonly listen: (ended: (error: unknown) => void) => Promise<{ close(): Promise<void> }>;
  readonly report: (error: unknown) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Begins to listen as soon as a broker answers, however long that takes, and anew where it ended by itself. */
export class TopicListener {
  readonly #options: ListenOptions;
  readonly #stopping = new AbortController();
  #listening: Promise<{ close(): Promise<void> } | undefined> = Promise.resolve(undefined);

  constructor(options: ListenOptions) {
    this.#options = options;
  }

  start(): void {
    this.#listening = this.#listen();
  }

  /** Ends after the messages that are under way; what was taken and not committed comes again. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const listening = await this.#listening;
    // a client that waits for its broker waits for ever
    await Promise.race([
      listening?.close().catch(() => undefined),
      sleep(CLOSE_MS, undefined, { ref: false }),
    ]);
  }

  #again(error: unknown): void {
    this.#options.report(error);
    this.#listening = this.#anew(this.#listening);
  }

  async #anew(
    before: Promise<{ close(): Promise<void> } | undefined>,
  ): Promise<{ close(): Promise<void> } | undefined> {
    const ended = await before;
    await Promise.race([ended?.close().catch(() => undefined), sleep(CLOSE_MS, undefined, { ref: false })]);
    return this.#listen();
  }

  async #listen(): Promise<{ close(): Promise<void> } | undefined> {
    const { listen, report, pause = pauseFor } = this.#options;
    const { signal } = this.#stopping;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one attempt after the other
      try {
        return await listen((error) => this.#again(error));
      } catch (error) {
        report(error);
      }
      await pause(pauseMs, signal);
      // oxlint-enable no-await-in-loop
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    return undefined;
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
