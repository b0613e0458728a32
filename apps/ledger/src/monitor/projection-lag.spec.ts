import type { AgeBy } from '#consent';
import { projectionLagCheck } from './projection-lag.js';
import { hash } from './testing/fake-chain.js';

describe('projection-lag', () => {
  const state = { at: { number: 4n, hash: hash('4'), position: 1n }, blockTime: 1, contactMs: 20_000 };
  const look = (nowMs: number, ageBy: AgeBy) =>
    projectionLagCheck(
      { state: () => Promise.resolve(state) },
      { stalenessMs: 30_000, ageBy, clock: () => nowMs },
    ).look();
  const behind = [{ kind: 'projection-behind', block: 4n }];

  it('names a projection without contact for longer than the bound', async () => {
    expect(await look(50_000, 'contact')).toEqual([]);
    expect(await look(50_001, 'contact')).toEqual(behind);
  });

  it('names one whose newest block is older than the bound, though a node answers', async () => {
    expect(await look(31_000, 'block')).toEqual([]);
    expect(await look(31_001, 'block')).toEqual(behind);
  });

  it('says nothing before it began, nor by a clock that was set back', async () => {
    const before = { state: () => Promise.resolve(undefined) };
    const settings = { stalenessMs: 30_000, ageBy: 'contact', clock: () => 50_001 } as const;
    expect(await projectionLagCheck(before, settings).look()).toEqual([]);
    expect(await look(0, 'contact')).toEqual([]);
  });
});
