import { GatewayError } from '#outcome';
import type { Bundle } from './bundle.js';
import { check, failed, type Check } from './check.js';
import { readOpenings } from './opened-groups.js';
import type { Place } from './place.js';
import type { Policy } from './policy.js';
import { parseTlogProof, type TlogProof } from './tlog-proof.js';
import { hashLeaf } from './tree-hash.js';
import { checkCheckpoint } from './verify-checkpoint.js';
import { checkContents, checkReferences, type VerifyOptions } from './verify-record.js';
import { checkEntry } from './verify-entry.js';
import { verifyInclusion } from './verify-proof.js';

/** The checks, in order, and what they come to. */
export interface Verdict {
  /**
   * `invalid`: a check failed. `erased`: all that is left holds, and a part's key was destroyed.
   * `valid-anchored`: all hold, and a pinned chain holds a head that covers the entry. Otherwise `valid-not-anchored`.
   */
  readonly kind: 'valid-anchored' | 'valid-not-anchored' | 'invalid' | 'erased';
  readonly checks: readonly Check[];
}

/**
 * Verifies a receipt by its own content, the policy, and what the caller has. No I/O, no clock: what must be asked of
 * a chain comes in as `anchorsChecked`. All checks are made, also after one failed.
 */
export function verifyBundle(bundle: Bundle, policy: Policy, options: VerifyOptions = {}): Verdict {
  const proof = parseProof(bundle.tlogProof);
  if (proof === undefined) return { kind: 'invalid', checks: [failed('proof', 'malformed tlog proof')] };
  const groups = readOpenings(bundle.openings);
  const { head, checks } = checkCheckpoint(proof.checkpoint, policy);
  const record = [
    ...checkEntry(bundle.entry, head?.origin, policy),
    ...checkContents(bundle, groups, options),
  ];
  if (head === undefined) {
    const untrusted = failed('inclusion', 'there is no trusted checkpoint');
    return { kind: 'invalid', checks: [...checks, ...record, untrusted] };
  }
  const place: Place = { index: proof.index, head, policy };
  const references = checkReferences(bundle, groups, place, options);
  const all = [...checks, ...record, checkInclusion(bundle, proof, place), ...references.checks];
  return { kind: kindOf(all, bundle, references.anchored), checks: all };
}

function kindOf(checks: readonly Check[], { erased }: Bundle, anchored: boolean): Verdict['kind'] {
  if (checks.some(({ state }) => state === 'failed')) return 'invalid';
  if (erased.length > 0) return 'erased';
  return anchored ? 'valid-anchored' : 'valid-not-anchored';
}

function parseProof(text: string): TlogProof | undefined {
  try {
    return parseTlogProof(text);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

function checkInclusion({ entry }: Bundle, { index, path }: TlogProof, { head }: Place): Check {
  const claim = { leaf: hashLeaf(entry), index, size: head.size, root: head.root };
  return check('inclusion', verifyInclusion(claim, path), {
    ok: `entry ${index} is in the tree of ${head.size}`,
    failed: 'the entry is not in the checkpoint’s tree at this index',
  });
}
