import { GatewayError } from '#outcome';

/** How a unit ended: its result, or why it alone failed. */
export type UnitOutcome<R> =
  { readonly kind: 'done'; readonly result: R } | { readonly kind: 'failed'; readonly cause: unknown };

/** What a queue does with its units, and its limits. */
export interface BatchQueueOptions<U, R> {
  /** Handles a batch; gives one outcome per unit, in order. A rejection fails the whole batch. */
  readonly commit: (units: readonly U[]) => Promise<readonly UnitOutcome<R>[]>;
  /** How much of the limits a unit takes. */
  readonly weight: (unit: U) => number;
  /** Weight of a batch at most. */
  readonly maxBatch: number;
  /** Weight that may wait at most. */
  readonly maxWaiting: number;
}

interface Waiting<U, R> {
  readonly unit: U;
  readonly resolve: (result: R) => void;
  readonly reject: (cause: unknown) => void;
}

/** Natural batching: a batch starts as soon as the one before it ended, with what arrived meanwhile. No timer. */
export class BatchQueue<U, R> {
  readonly #options: BatchQueueOptions<U, R>;
  #waiting: Waiting<U, R>[] = [];
  #weight = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: BatchQueueOptions<U, R>) {
    this.#options = options;
  }

  /**
   * Resolves when the unit's batch was committed.
   * @throws GatewayError `overloaded` where too much waits, `too-large` where the unit alone exceeds a batch,
   *   `seal-unavailable` after `close`
   */
  push(unit: U): Promise<R> {
    const weight = this.#options.weight(unit);
    if (this.#closed) return Promise.reject(new GatewayError('seal-unavailable', { details: 'log-closed' }));
    if (weight > this.#options.maxBatch) return Promise.reject(new GatewayError('too-large'));
    if (this.#weight + weight > this.#options.maxWaiting) {
      return Promise.reject(new GatewayError('overloaded', { retryAfterS: 1 }));
    }
    this.#weight += weight;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.push({ unit, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Refuses new units, and resolves when those that wait are committed or failed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // What is pushed in the same turn goes into the same batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      await this.#settle(batch);
    }
    this.#running = undefined;
  }

  #take(): readonly Waiting<U, R>[] {
    let [count, weight] = [0, 0];
    for (const { unit } of this.#waiting) {
      const next = weight + this.#options.weight(unit);
      if (count > 0 && next > this.#options.maxBatch) break;
      [count, weight] = [count + 1, next];
    }
    this.#weight -= weight;
    return this.#waiting.splice(0, count);
  }

  async #settle(batch: readonly Waiting<U, R>[]): Promise<void> {
    try {
      const outcomes = await this.#options.commit(batch.map(({ unit }) => unit));
      for (const [at, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[at];
        if (outcome?.kind === 'done') resolve(outcome.result);
        else reject(outcome?.cause ?? new GatewayError('internal', { details: 'batch-outcome' }));
      }
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
  }
}
