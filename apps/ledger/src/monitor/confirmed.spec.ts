import { confirmed } from './confirmed.js';
import type { MonitorFinding } from './finding.js';
import { paced } from './paced.js';

const differs = (size: bigint): MonitorFinding => ({ kind: 'root-mismatch', size });

describe('confirmed', () => {
  it('lets through what two looks in a row found', async () => {
    const rounds = [[differs(1n)], [], [differs(1n)], [differs(1n), differs(2n)], [differs(2n)]];
    const check = confirmed({ name: 'x', look: async () => rounds.shift() ?? [] });
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([differs(1n)]);
    expect(await check.look()).toEqual([differs(2n)]);
  });

  it.each<readonly [string, (block: bigint) => MonitorFinding]>([
    ['nodes that disagree', (block) => ({ kind: 'nodes-disagree', block, groups: [[0, 2], [1]] })],
    ['a projection that is behind', (block) => ({ kind: 'projection-behind', block })],
  ])('knows %s again at another block', async (_what, found) => {
    const rounds = [[found(1n)], [found(2n)]];
    const check = confirmed({ name: 'x', look: async () => rounds.shift() ?? [] });
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([found(2n)]);
  });
});

describe('paced', () => {
  it('looks once in its time, and tells what it found last in between', async () => {
    let nowMs = 0;
    let looks = 0;
    const look = async () => [differs(BigInt(++looks))];
    const check = paced({ name: 'x', look }, 100, () => nowMs);
    expect(await check.look()).toEqual([differs(1n)]);
    nowMs = 99;
    expect(await check.look()).toEqual([differs(1n)]);
    nowMs = 100;
    expect(await check.look()).toEqual([differs(2n)]);
  });
});
