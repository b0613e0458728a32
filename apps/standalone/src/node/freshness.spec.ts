import { loadConfig } from '#config';
import { freshnessOf } from './freshness.js';

const freshness = (env: Record<string, string>) => {
  const loaded = loadConfig({ CHAIN_MAX_STALENESS_S: '40', ...env });
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  return freshnessOf(loaded.config);
};

describe('freshnessOf', () => {
  it('ages by the newest block, which a node that answers an old tip for ever does not make younger', () => {
    expect(freshness({})).toEqual({ stalenessMs: 40_000, ageBy: 'block', blockLagMs: 40_000 });
  });

  it('ages by the last contact where no block comes without a transaction', () => {
    expect(freshness({ CHAIN_BLOCKS: 'on-demand' })).toEqual({
      stalenessMs: 40_000,
      ageBy: 'contact',
      blockLagMs: undefined,
    });
  });
});
