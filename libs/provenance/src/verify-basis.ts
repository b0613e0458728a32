import { check, skipped, type Check } from './check.js';
import type { OpenedGroups } from './opened-groups.js';
import type { Policy } from './policy.js';
import { CLOCK_TOLERANCE_S } from './verify-anchors.js';

/** Checks that each consent is cited from a pinned contract. */
export function checkBasis({ consents }: OpenedGroups, { chains }: Policy): Check {
  if (consents.length === 0) return skipped('basis', 'no shown decision cites a consent on a chain');
  if (chains.length === 0) return skipped('basis', 'the policy pins no chain');
  const pinned = consents.every(({ chainId, contract }) =>
    chains.some(
      ({ id, contracts }) => id === chainId && contracts.some(({ address }) => address === contract),
    ),
  );
  return check('basis', pinned, {
    ok: 'each consent is cited from a contract of the policy',
    failed: 'a consent is cited from a contract that the policy does not pin',
  });
}

/** Checks that the cited block is neither too old for the record nor younger than it. `blockTimeS`: POSIX seconds. */
export function checkProjection(groups: OpenedGroups, policy: Policy, blockTimeS: number | undefined): Check {
  const { recordTimeS } = groups;
  if (recordTimeS === undefined || blockTimeS === undefined) {
    return skipped('projection', 'the time of the cited block is not known');
  }
  const fresh = policy.stalenessS === undefined || blockTimeS >= recordTimeS - policy.stalenessS;
  const after = recordTimeS >= blockTimeS - CLOCK_TOLERANCE_S;
  return check('projection', fresh && after, {
    ok: `the cited block is ${Math.round(recordTimeS - blockTimeS)} s older than the record`,
    failed: 'the cited block is too old for the record, or younger than it',
  });
}
