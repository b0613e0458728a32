import type { FollowerLag } from '#store';
import { lagMs } from '../follow/follower-figures.js';
import type { Check } from './check.js';

/** Looks whether the oldest record that a follower has not handled is older than the bound. */
export function followerLagCheck(
  lags: () => Promise<readonly FollowerLag[]>,
  settings: { readonly followerMaxLagMs: number; readonly clock: () => number },
): Check {
  const { followerMaxLagMs, clock } = settings;
  return {
    name: 'follower-lag',
    look: async () =>
      (await lags())
        .filter((lag) => lagMs(lag, clock()) > followerMaxLagMs)
        .map(({ name, position }) => ({ kind: 'follower-behind', follower: name, position })),
  };
}
