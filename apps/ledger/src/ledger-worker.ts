import { setTimeout as sleep } from 'node:timers/promises';
import type { Anchoring } from './anchoring.js';
import type { OpenChain } from './open-chain.js';

/** What the ledger's workers need. */
export interface LedgerOptions {
  /** Runs `work` while this process leads that worker; see `whileLeading`. */
  readonly lead: (
    worker: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ) => Promise<void>;
  readonly chain: {
    readonly follower: Pick<OpenChain['follower'], 'run'>;
    readonly relayer: Pick<OpenChain['relayer'], 'run'>;
  };
  readonly anchoring: Pick<Anchoring, 'follow' | 'grownBy' | 'submitNewest'>;
  readonly pollMs: number;
  readonly anchorEveryMs: number;
  /** Records after which an anchor is due at once. */
  readonly anchorEveryRecords: number;
  readonly report: (worker: string, error: unknown) => void;
  /** A clock that never goes back. */
  readonly nowMs?: () => number;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const FOLLOW_ANCHORS_MS = 1_000;

/** Projection, relayer and anchoring, each led by one process at a time. */
export class LedgerWorker {
  readonly #options: LedgerOptions;
  readonly #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  start(): void {
    const { chain, pollMs } = this.#options;
    const lead = (worker: string, work: (signal: AbortSignal) => Promise<void>) =>
      this.#options.lead(worker, this.#stopping.signal, (signal) => this.#try(worker, () => work(signal)));
    this.#running = Promise.all([
      lead('projection', (signal) => chain.follower.run(signal, () => this.#pause(pollMs, signal))),
      lead('relayer', (signal) => chain.relayer.run(signal, () => this.#untilPoked(pollMs, signal))),
      lead('anchoring', (signal) => this.#anchor(signal)),
    ]);
  }

  /** There is something to relay. */
  poke(): void {
    this.#wake();
  }

  /** Stops the workers. What is on its way is taken up at the next start, and what has grown since is anchored then. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #anchor(signal: AbortSignal): Promise<void> {
    const { anchorEveryMs, anchorEveryRecords, anchoring, nowMs = () => performance.now() } = this.#options;
    let dueMs = nowMs() + anchorEveryMs;
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one after the other
      await this.#try('anchoring', async () => {
        await anchoring.follow();
        const isFull = (await anchoring.grownBy()) >= BigInt(anchorEveryRecords);
        if (nowMs() < dueMs && !isFull) return;
        dueMs = nowMs() + anchorEveryMs;
        if ((await anchoring.submitNewest()) !== undefined) this.poke();
      });
      await this.#pause(Math.min(FOLLOW_ANCHORS_MS, anchorEveryMs), signal);
      // oxlint-enable no-await-in-loop
    }
  }

  async #try(worker: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.report(worker, error);
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    const { pause = pauseFor } = this.#options;
    return pause(ms, signal);
  }

  async #untilPoked(ms: number, signal: AbortSignal): Promise<void> {
    const poked = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([poked, this.#pause(ms, signal)]);
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
