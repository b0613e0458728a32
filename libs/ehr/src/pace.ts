import { setTimeout as sleep } from 'node:timers/promises';

/** Time and chance, so that tests need not wait. */
export interface Pace {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves after `ms`, rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/** The clock of this machine. */
export const SYSTEM_PACE: Pace = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  random: () => Math.random(),
};
