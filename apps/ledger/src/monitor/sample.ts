import type { StoreSampler } from '#store';
import type { Check } from './check.js';
import { findingKey, type MonitorFinding } from './finding.js';

const MAX_KEPT = 1_000;

/**
 * Verifies stored rows at random. What was found stays found until the process starts anew: the next sample has other rows,
 * and says nothing of these.
 */
export function sampleCheck(sampler: Pick<StoreSampler, 'sample'>, count: number): Check {
  const kept = new Map<string, MonitorFinding>();
  return {
    name: 'sample',
    look: async () => {
      for (const finding of await sampler.sample(count)) {
        if (kept.size < MAX_KEPT) kept.set(findingKey(finding), finding);
      }
      return [...kept.values()];
    },
  };
}
