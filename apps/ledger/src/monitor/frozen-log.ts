import type { AnchorClient, AnchoredLog } from '#chain';
import type { Hex } from '#consent';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** A log that somebody proved to have forked takes no more heads. */
function judgeFrozen(
  logId: Hex,
  onChain: Pick<AnchoredLog, 'frozen'> | undefined,
): readonly MonitorFinding[] {
  return onChain?.frozen === true ? [{ kind: 'log-frozen', logId }] : [];
}

/** Looks whether a fork of this log was reported to the contract. */
export function frozenLogCheck(contract: Pick<AnchorClient, 'head'>, logId: Hex): Check {
  return { name: 'frozen-log', look: async () => judgeFrozen(logId, await contract.head(logId)) };
}
