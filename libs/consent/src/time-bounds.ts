import type { TimeBounds } from './request.js';

/** What the gateway knows of the time. */
export interface Times {
  /** The gateway's clock, epoch milliseconds. */
  readonly clockMs: number;
  /** The newest block's time, unix seconds; `undefined` before the first. */
  readonly blockTimeS: number | undefined;
  /** Time of the last sealed record, epoch milliseconds; `undefined` before the first. */
  readonly lastSealedMs: number | undefined;
  /**
   * Where blocks have a fixed period: how far the clock may be ahead of the newest block, milliseconds.
   * `undefined` for a chain that makes blocks on demand.
   */
  readonly blockLagMs: number | undefined;
}

/** From here on the two times are so far apart that somebody must look. */
const TIME_ALARM_MS = 30_000;

/**
 * The two times between which now lies. Turning the clock back lowers `lo` alone and pushing block time forward raises
 * `hi` alone, so that neither revives or opens a permit.
 *
 * @returns Epoch milliseconds; `alarm` where they are more than 30 s apart.
 */
export function timeBounds(times: Times): TimeBounds & { readonly alarm: boolean } {
  const block = times.blockTimeS === undefined ? -Infinity : times.blockTimeS * 1000;
  const hi = Math.max(times.clockMs, block, times.lastSealedMs ?? -Infinity);
  const lagging = times.blockLagMs === undefined ? Infinity : block + times.blockLagMs;
  const lo = lagging === -Infinity ? times.clockMs : Math.min(times.clockMs, lagging);
  return { lo, hi, alarm: hi - lo > TIME_ALARM_MS };
}
