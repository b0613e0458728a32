import type { SampleFinding } from '#store';
import { sampleCheck } from './sample.js';

describe('sample', () => {
  it('asks for its share, and keeps what was found once', async () => {
    const counts: number[] = [];
    const rounds: SampleFinding[][] = [
      [],
      [{ kind: 'row-altered', table: 'consent_rule', key: 'c/0' }],
      [{ kind: 'leaf-missing', index: 3n }],
      [{ kind: 'row-altered', table: 'consent_rule', key: 'c/0' }],
    ];
    const sample = async (count: number) => {
      counts.push(count);
      return rounds.shift() ?? [];
    };
    const check = sampleCheck({ sample }, 11);
    expect(await check.look()).toEqual([]);
    expect(await check.look()).toHaveLength(1);
    expect(await check.look()).toHaveLength(2);
    expect(await check.look()).toEqual([
      { kind: 'row-altered', table: 'consent_rule', key: 'c/0' },
      { kind: 'leaf-missing', index: 3n },
    ]);
    expect(counts).toEqual([11, 11, 11, 11]);
  });
});
