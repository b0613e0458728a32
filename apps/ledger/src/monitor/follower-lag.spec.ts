import { followerLagCheck } from './follower-lag.js';

describe('follower-lag', () => {
  const behind = { name: 'kafka', position: 4n, records: 9n, oldestMs: 10_000 };
  const level = { name: 'views', position: 13n, records: 0n, oldestMs: undefined };
  const look = (nowMs: number) =>
    followerLagCheck(() => Promise.resolve([behind, level]), {
      followerMaxLagMs: 60_000,
      clock: () => nowMs,
    }).look();

  it('names a follower whose oldest record is older than the bound', async () => {
    expect(await look(70_000)).toEqual([]);
    expect(await look(70_001)).toEqual([{ kind: 'follower-behind', follower: 'kafka', position: 4n }]);
  });

  it('says nothing by a clock that was set back', async () => {
    expect(await look(0)).toEqual([]);
  });
});
