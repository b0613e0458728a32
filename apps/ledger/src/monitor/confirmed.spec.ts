import { confirmed } from './confirmed.js';
import type { MonitorFinding } from './finding.js';
import { paced } from './paced.js';

const behind = (block: bigint): MonitorFinding => ({ kind: 'projection-behind', block });

describe('confirmed', () => {
  it('lets through what two looks in a row found', async () => {
    const rounds = [[behind(1n)], [], [behind(1n)], [behind(1n), behind(2n)], [behind(2n)]];
    const check = confirmed({ name: 'x', look: async () => rounds.shift() ?? [] });
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toEqual([behind(1n)]);
    expect(await check.look()).toEqual([behind(2n)]);
  });
});

describe('paced', () => {
  it('looks once in its time, and tells what it found last in between', async () => {
    let nowMs = 0;
    let looks = 0;
    const look = async () => [behind(BigInt(++looks))];
    const check = paced({ name: 'x', look }, 100, () => nowMs);
    expect(await check.look()).toEqual([behind(1n)]);
    nowMs = 99;
    expect(await check.look()).toEqual([behind(1n)]);
    nowMs = 100;
    expect(await check.look()).toEqual([behind(2n)]);
  });
});
