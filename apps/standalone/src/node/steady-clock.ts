/** What a steady clock is made of. */
export interface SteadyClockParts {
  /** The machine's clock, epoch milliseconds; somebody may set it. */
  readonly wall: () => number;
  /** Milliseconds since some start; nobody can set them. */
  readonly elapsed: () => number;
  /** A time that has surely come, epoch milliseconds: that of the newest sealed record. */
  readonly floor: () => number;
}

/**
 * A clock that follows the machine's, and never goes back: where that is set back, it goes on from where it was. So what has
 * ended stays ended.
 *
 * @returns epoch milliseconds
 */
export function steadyClock({ wall, elapsed, floor }: SteadyClockParts): () => number {
  let [atMs, sinceMs] = [-Infinity, elapsed()];
  return () => {
    const nowMs = elapsed();
    atMs = Math.max(wall(), floor(), atMs + (nowMs - sinceMs));
    sinceMs = nowMs;
    return Math.floor(atMs);
  };
}
