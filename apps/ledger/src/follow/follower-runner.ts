import { setTimeout as sleep } from 'node:timers/promises';
import type { FollowedPart, Follower, OpenedRecord } from '#provenance';
import type { LogGrowth } from './log-growth.js';

/** Failures in a row at one record after which it is told of. */
const STUCK_AFTER = 3;
const FIRST_PAUSE_MS = 250;
/** What is appended within this time is read together, where a follower has just caught up. */
const GATHER_MS = 100;

/** What happens to followers; for metrics, the process log and incidents. Names and indexes only. */
export interface FollowerListener {
  readonly handled: (follower: string, records: number) => void;
  readonly failed: (follower: string, error: unknown) => void;
  /** A follower does not get past a record; told once, until it does. */
  readonly stuck: (follower: string, index: bigint, error: unknown) => void;
}

/** What a runner needs. */
export interface FollowerRunnerOptions {
  readonly followers: readonly Follower[];
  /** Runs `work` for each follower that this process leads; see `whileLeadingEach`. */
  readonly lead: (
    followers: readonly string[],
    signal: AbortSignal,
    work: (follower: string, signal: AbortSignal) => Promise<void>,
  ) => Promise<void>;
  readonly growth: LogGrowth;
  /** Records [from, to), of which the named parts are opened. */
  readonly open: (
    from: bigint,
    to: bigint,
    reads: readonly FollowedPart[],
  ) => Promise<readonly OpenedRecord[]>;
  /** Records of a batch at most. */
  readonly batch: number;
  readonly maxPauseMs: number;
  readonly listener: FollowerListener;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How one follower fares in this term. */
interface Term {
  readonly follower: Follower;
  /** Records that are tried together: 1 after a failure, then doubled with each success. */
  limit: number;
  failures: number;
  /** The record that it failed at, and how often in a row it was alone. */
  failedAt: bigint;
}

/**
 * Hands the log to its followers, each by itself: in order, at least once, from where it stopped. A batch that fails is tried
 * again record by record, so that the one is found; that one is tried again for ever, with a pause that grows. Nothing is
 * skipped, and no follower holds up another.
 */
export class FollowerRunner {
  readonly #options: FollowerRunnerOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: FollowerRunnerOptions) {
    this.#options = options;
  }

  start(): void {
    const { followers, lead } = this.#options;
    const byName = new Map(followers.map((follower) => [follower.name, follower]));
    this.#running = lead([...byName.keys()], this.#stopping.signal, async (name, signal) => {
      const follower = byName.get(name);
      if (follower !== undefined) await this.#follow(follower, signal);
    });
  }

  /** Ends after the batches that are under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #follow(follower: Follower, signal: AbortSignal): Promise<void> {
    const { batch, pause = pauseFor } = this.#options;
    const term: Term = { follower, limit: batch, failures: 0, failedAt: -1n };
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one batch after the other
      const restMs = await this.#round(term, signal);
      if (restMs > 0) await pause(restMs, signal);
      // oxlint-enable no-await-in-loop
    }
  }

  /** @returns for how long to rest before the next batch, milliseconds */
  async #round(term: Term, signal: AbortSignal): Promise<number> {
    const { growth, open, batch, listener } = this.#options;
    const { follower } = term;
    let from = -1n;
    try {
      from = await follower.position();
      const size = await growth.beyond(from, signal);
      if (signal.aborted || size <= from) return 0;
      const to = smaller(size, from + BigInt(term.limit));
      await follower.handle(await open(from, to, follower.reads));
      listener.handled(follower.name, Number(to - from));
      term.failures = 0;
      term.limit = Math.min(batch, term.limit * 2);
      return to === size ? GATHER_MS : 0;
    } catch (error) {
      return this.#failed(term, from, error);
    }
  }

  #failed(term: Term, at: bigint, error: unknown): number {
    const { listener, maxPauseMs } = this.#options;
    listener.failed(term.follower.name, error);
    const wasAlone = term.limit === 1 && at === term.failedAt;
    term.limit = 1;
    term.failedAt = at;
    term.failures = wasAlone ? term.failures + 1 : 0;
    if (term.failures === STUCK_AFTER) listener.stuck(term.follower.name, at, error);
    return Math.min(maxPauseMs, FIRST_PAUSE_MS * 2 ** Math.min(term.failures, 20));
  }
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
