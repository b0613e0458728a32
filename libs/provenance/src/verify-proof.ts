import { HASH_BYTES, hashNode, sameBytes } from './tree-hash.js';

/** A claim that a leaf is at `index` of the tree of `size` with `root`. */
export interface InclusionClaim {
  readonly leaf: Uint8Array;
  readonly index: bigint;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** A claim that the tree (size1, root1) is a prefix of the tree (size2, root2). */
export interface ConsistencyClaim {
  readonly size1: bigint;
  readonly size2: bigint;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
}

/** Checks an inclusion proof by the algorithm of RFC 9162 2.1.3.2. */
export function verifyInclusion(
  { leaf, index, size, root }: InclusionClaim,
  proof: readonly Uint8Array[],
): boolean {
  if (index < 0n || index >= size || !areHashes([leaf, ...proof])) return false;
  const sides = sidesOf(index, size - 1n);
  if (proof.length !== sides.length) return false;
  const hash = proof.reduce<Uint8Array>(
    (below, sibling, i) => (sides[i] === 'left' ? hashNode(sibling, below) : hashNode(below, sibling)),
    leaf,
  );
  return sameBytes(hash, root);
}

/**
 * Checks a consistency proof by the algorithm of RFC 9162 2.1.4.2.
 * A first size of zero proves nothing and is refused; equal sizes need equal roots and no proof.
 */
export function verifyConsistency(claim: ConsistencyClaim, proof: readonly Uint8Array[]): boolean {
  const { size1, size2, root1, root2 } = claim;
  if (size1 <= 0n || size1 > size2 || !areHashes(proof)) return false;
  if (size1 === size2) return proof.length === 0 && sameBytes(root1, root2);
  return growsFrom(isPowerOfTwo(size1) ? [root1, ...proof] : proof, claim);
}

function growsFrom([first, ...path]: readonly Uint8Array[], claim: ConsistencyClaim): boolean {
  const height = trailingOnes(claim.size1 - 1n);
  const sides = sidesOf((claim.size1 - 1n) >> height, (claim.size2 - 1n) >> height);
  if (first === undefined || path.length !== sides.length) return false;
  let older = first;
  let newer = first;
  for (const [i, hash] of path.entries()) {
    const left = sides[i] === 'left';
    if (left) older = hashNode(hash, older);
    newer = left ? hashNode(hash, newer) : hashNode(newer, hash);
  }
  return sameBytes(older, claim.root1) && sameBytes(newer, claim.root2);
}

/** On which side each sibling stands, from node `fn` of a row whose last node is `sn` up to the root. */
function sidesOf(fn: bigint, sn: bigint): ('left' | 'right')[] {
  const sides: ('left' | 'right')[] = [];
  let node = fn;
  let last = sn;
  while (last !== 0n) {
    const left = isOdd(node) || node === last;
    sides.push(left ? 'left' : 'right');
    // the last node of a row without a sibling moves up as it is
    const rows = left ? trailingZeros(node) + 1n : 1n;
    node >>= rows;
    last >>= rows;
  }
  return sides;
}

function trailingZeros(value: bigint): bigint {
  let zeros = 0n;
  for (let rest = value; rest !== 0n && !isOdd(rest); rest >>= 1n) zeros += 1n;
  return zeros;
}

function trailingOnes(value: bigint): bigint {
  return trailingZeros(value + 1n);
}

function isOdd(value: bigint): boolean {
  return (value & 1n) === 1n;
}

function isPowerOfTwo(value: bigint): boolean {
  return (value & (value - 1n)) === 0n;
}

function areHashes(values: readonly Uint8Array[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}
