/** Numbers of a counter that are missing, first to last. */
export interface CounterGap {
  readonly from: bigint;
  readonly to: bigint;
}

/** What is wrong with a counter that should run 1, 2, 3 … */
export interface CounterFaults {
  readonly gaps: readonly CounterGap[];
  /** Numbers that were given out twice. */
  readonly repeated: readonly bigint[];
}

/**
 * Finds what is missing from a gateway's or a person's records by their counters, in any order.
 *
 * @param upTo The last number that must be there, where it is known: a missing tail is found by that alone.
 */
export function counterFaults(counters: readonly bigint[], upTo = 0n): CounterFaults {
  const sorted = counters.toSorted((a, b) => Number(a - b));
  const gaps: CounterGap[] = [];
  const repeated: bigint[] = [];
  let last = 0n;
  for (const counter of sorted) {
    if (counter === last) repeated.push(counter);
    if (counter > last + 1n) gaps.push({ from: last + 1n, to: counter - 1n });
    last = counter;
  }
  if (upTo > last) gaps.push({ from: last + 1n, to: upTo });
  return { gaps, repeated };
}
