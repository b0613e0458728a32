/** Numbers in [0, 1) that a seed fixes: a failing run can be run again. Mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The same things in an order that the numbers decide. */
export function shuffled<T>(things: readonly T[], random: () => number): readonly T[] {
  return things
    .map((thing) => ({ thing, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ thing }) => thing);
}

/** How many rounds a test of faults has: its own number, or what `npm run faults -- --rounds N` asks for. */
export function roundsOf(own: number): number {
  // oxlint-disable-next-line node/no-process-env -- `npm run faults -- --rounds N` sets it
  return Number(process.env['FAULT_ROUNDS'] ?? own);
}
