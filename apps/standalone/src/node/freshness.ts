import type { Config } from '#config';
import type { AgeBy } from '#consent';

const MS_PER_S = 1_000;

/** How old the consent projection may be, and by what it ages. */
export interface Freshness {
  readonly stalenessMs: number;
  readonly ageBy: AgeBy;
  /** How far the clock may be ahead of the newest block; `undefined` where blocks come on demand. */
  readonly blockLagMs: number | undefined;
}

/** The same bound for what is decided, for readiness and for the monitors. */
export function freshnessOf({
  CHAIN_BLOCKS,
  CHAIN_MAX_STALENESS_S,
}: Pick<Config, 'CHAIN_BLOCKS' | 'CHAIN_MAX_STALENESS_S'>): Freshness {
  const stalenessMs = CHAIN_MAX_STALENESS_S * MS_PER_S;
  return CHAIN_BLOCKS === 'timed'
    ? { stalenessMs, ageBy: 'block', blockLagMs: stalenessMs }
    : { stalenessMs, ageBy: 'contact', blockLagMs: undefined };
}
