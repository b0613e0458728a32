import { judgeLag } from './projection-lag.js';
import { hash } from './testing/fake-chain.js';

describe('projection-lag', () => {
  const state = { at: { number: 4n, hash: hash('4'), position: 1n }, blockTime: 0, contactMs: 1_000 };

  it('names a projection without contact for longer than the bound', () => {
    expect(judgeLag(state, 31_000, 30_000)).toEqual([]);
    expect(judgeLag(state, 31_001, 30_000)).toEqual([{ kind: 'projection-behind', block: 4n }]);
  });

  it('says nothing before it began, nor by a clock that was set back', () => {
    expect(judgeLag(undefined, 31_001, 30_000)).toEqual([]);
    expect(judgeLag(state, 0, 30_000)).toEqual([]);
  });
});
