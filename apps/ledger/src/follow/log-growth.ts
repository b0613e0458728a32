import { setTimeout as sleep } from 'node:timers/promises';

/** Where the size of the log is read, and how often at most. */
export interface LogGrowthOptions {
  readonly size: () => Promise<bigint>;
  /** Time between two looks of one process, for what others append. */
  readonly pollMs: number;
}

/**
 * The size of the log as far as this process knows it, for all its followers: told at once of what this process appends,
 * looked up now and then for what others do.
 */
export class LogGrowth {
  readonly #options: LogGrowthOptions;
  #size = 0n;
  #grown = Promise.withResolvers<void>();
  #look: Promise<void> | undefined;

  constructor(options: LogGrowthOptions) {
    this.#options = options;
  }

  /** The log has at least this size. */
  note(size: bigint): void {
    if (size <= this.#size) return;
    this.#size = size;
    this.#grown.resolve();
    this.#grown = Promise.withResolvers();
  }

  /**
   * Waits until the log is longer than `position`, and gives its size; or the last known size, once the signal came.
   * Rejects where the size cannot be read.
   */
  async beyond(position: bigint, signal: AbortSignal): Promise<bigint> {
    const stopped = Promise.withResolvers<void>();
    const stop = () => stopped.resolve();
    signal.addEventListener('abort', stop, { once: true });
    try {
      while (this.#size <= position && !signal.aborted) {
        // oxlint-disable-next-line no-await-in-loop -- one wait after the other
        await Promise.race([this.#grown.promise, this.#nextLook(), stopped.promise]);
      }
      return this.#size;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** One look under way at a time, however many wait; a pause comes after each. */
  #nextLook(): Promise<void> {
    this.#look ??= this.#lookAndPause().finally(() => (this.#look = undefined));
    return this.#look;
  }

  async #lookAndPause(): Promise<void> {
    const { size, pollMs } = this.#options;
    this.note(await size());
    await sleep(pollMs, undefined, { ref: false });
  }
}
