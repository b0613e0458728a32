import type { StoreSampler } from '#store';
import type { Check } from './check.js';

/** Looks at the newest records and the numbers of gateways and persons in them. */
export function newestRecordsCheck(sampler: Pick<StoreSampler, 'newest'>): Check {
  return { name: 'newest-records', look: () => sampler.newest() };
}
