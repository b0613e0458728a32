import { Counter, Gauge, type Registry } from 'prom-client';
import type { FollowerLag } from '#store';

/** Where the figures of followers come from. */
export interface FollowerFiguresOptions {
  readonly metrics: Registry;
  /** What each follower has before it now. */
  readonly lags: () => Promise<readonly FollowerLag[]>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

const MS_PER_S = 1_000;

/** Figures of the followers of the log, by their names. */
export class FollowerFigures {
  readonly #handled: Counter;
  readonly #failed: Counter;

  constructor({ metrics, lags, clock }: FollowerFiguresOptions) {
    const of = { labelNames: ['follower'], registers: [metrics] };
    this.#handled = new Counter({
      name: 'proviso_follower_records_total',
      help: 'Records that this process handed to a follower.',
      ...of,
    });
    this.#failed = new Counter({
      name: 'proviso_follower_failures_total',
      help: 'Batches that a follower in this process could not handle.',
      ...of,
    });
    const seconds = new Gauge({
      name: 'proviso_follower_lag_seconds',
      help: 'Age of the oldest record that a follower has not handled.',
      ...of,
    });
    const records = new Gauge({
      name: 'proviso_follower_lag_records',
      help: 'Records that a follower has not handled.',
      ...of,
      collect: async () => {
        // where the database does not answer, the last figures stay
        for (const lag of await lags().catch(() => [])) {
          records.set({ follower: lag.name }, Number(lag.records));
          seconds.set({ follower: lag.name }, lagMs(lag, clock()) / MS_PER_S);
        }
      },
    });
  }

  handled(follower: string, records: number): void {
    this.#handled.inc({ follower }, records);
  }

  failed(follower: string): void {
    this.#failed.inc({ follower });
  }
}

/** Age of the oldest record that is not handled, milliseconds; 0 where there is none. */
export function lagMs({ oldestMs }: FollowerLag, nowMs: number): number {
  return oldestMs === undefined ? 0 : Math.max(0, nowMs - oldestMs);
}
