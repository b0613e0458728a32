import type { Bundle, BundleAnchor } from './bundle.js';
import { failed, ok, skipped, type Check } from './check.js';
import type { PinnedChain, Policy } from './policy.js';
import type { TreeHead } from './ports.js';
import { verifyConsistency } from './verify-proof.js';

/** Seconds by which a gateway's clock and a block's time may differ. */
export const CLOCK_TOLERANCE_S = 30;

/** What whoever looked at the chain found out about an anchor of the bundle. */
export interface AnchorFinding {
  /** Position in the bundle's `anchors`. */
  readonly anchor: number;
  /** `authentic`: its block is, and the contract holds the head there. `refuted`: it does not. */
  readonly state: 'authentic' | 'refuted';
  /** Time of the block, POSIX seconds. */
  readonly blockTimeS?: number;
}

/** What the anchors are judged by. */
export interface AnchorContext {
  readonly policy: Policy;
  readonly head: TreeHead;
  readonly index: bigint;
  readonly recordTimeS: number | undefined;
  readonly findings: readonly AnchorFinding[];
  readonly allowDevelopmentChain: boolean;
}

/** Checks the anchors; `anchored` where one of them counts: it covers the entry, its contract is pinned, its block authentic. */
export function checkAnchors(bundle: Bundle, context: AnchorContext): { checks: Check[]; anchored: boolean } {
  const checks = bundle.anchors.map((anchor, i) => checkAnchor(anchor, i, context));
  const none = checks.length === 0 ? [skipped('anchors', 'not yet anchored')] : [];
  return { checks: [...none, ...checks], anchored: checks.some(({ state }) => state === 'ok') };
}

function checkAnchor(anchor: BundleAnchor, i: number, context: AnchorContext): Check {
  const name = `anchor:${i}`;
  if (!covers(anchor, context)) return failed(name, 'the anchored head does not cover the entry');
  const chain = context.policy.chains.find(({ id }) => id === anchor.chainId);
  if (chain === undefined) return skipped(name, `chain ${anchor.chainId} is not in the policy`);
  if (!isPinned(anchor, chain)) return failed(name, 'contract or code is not the one in the policy');
  const finding = context.findings.find((one) => one.anchor === i);
  if (finding?.state === 'refuted') return failed(name, 'the chain does not hold this head');
  if (finding === undefined) return skipped(name, 'covers the entry, but its block was not checked');
  if (isTooLate(finding, context)) return failed(name, 'the record says a time after its anchor');
  if (chain.development && !context.allowDevelopmentChain) {
    return skipped(name, `chain ${chain.id} is a development chain and does not count`);
  }
  return ok(name, `anchored on chain ${chain.id}, block ${anchor.block}${windowOf(finding, context)}`);
}

/** The entry is in the anchored tree: that tree grew out of the checkpoint's, or the checkpoint's out of it after the entry. */
function covers({ size, root, consistency }: BundleAnchor, { head, index }: AnchorContext): boolean {
  if (index >= size) return false;
  const claim =
    size >= head.size
      ? { size1: head.size, root1: head.root, size2: size, root2: root }
      : { size1: size, root1: root, size2: head.size, root2: head.root };
  return verifyConsistency(claim, consistency);
}

function isPinned({ contract, codeHash }: BundleAnchor, { contracts }: PinnedChain): boolean {
  return contracts.some((pinned) => pinned.address === contract && pinned.codeHash === codeHash);
}

function isTooLate({ blockTimeS }: AnchorFinding, { recordTimeS }: AnchorContext): boolean {
  if (blockTimeS === undefined || recordTimeS === undefined) return false;
  return recordTimeS > blockTimeS + CLOCK_TOLERANCE_S;
}

function windowOf({ blockTimeS }: AnchorFinding, { recordTimeS }: AnchorContext): string {
  if (blockTimeS === undefined || recordTimeS === undefined) return '';
  return `, ${Math.round(blockTimeS - recordTimeS)} s after the record's time`;
}
