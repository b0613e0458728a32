import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Anchoring } from './anchoring.js';
import { whileLeading } from './leader-lock.js';
import type { OpenChain } from './open-chain.js';

/** What the ledger's workers need. */
export interface LedgerOptions {
  readonly pool: Pool;
  readonly tenant: string;
  readonly chain: OpenChain;
  readonly anchoring: Anchoring;
  readonly pollMs: number;
  readonly anchorEveryMs: number;
  /** Records after which an anchor is due at once. */
  readonly anchorEveryRecords: number;
  readonly report: (worker: string, error: unknown) => void;
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
    const { tenant, chain, pollMs, pool } = this.#options;
    const lead = (worker: string, work: (signal: AbortSignal) => Promise<void>) =>
      whileLeading(pool, `proviso/${worker}/${tenant}`, this.#stopping.signal, (signal) =>
        this.#try(worker, () => work(signal)),
      );
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

  /** Stops the workers. What is on its way is taken up at the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #anchor(signal: AbortSignal): Promise<void> {
    const { anchorEveryMs, anchorEveryRecords, anchoring } = this.#options;
    let dueMs = performance.now() + anchorEveryMs;
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one after the other
      await this.#try('anchoring', async () => {
        await anchoring.follow();
        const isFull = (await anchoring.grownBy()) >= BigInt(anchorEveryRecords);
        if (performance.now() < dueMs && !isFull) return;
        dueMs = performance.now() + anchorEveryMs;
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

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }

  async #untilPoked(ms: number, signal: AbortSignal): Promise<void> {
    const poked = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([poked, this.#pause(ms, signal)]);
  }
}
