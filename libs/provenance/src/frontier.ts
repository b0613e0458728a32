import { EMPTY_ROOT, hashNode } from './tree-hash.js';

/** What is needed of a tree to go on appending: the roots of its perfect subtrees, the largest first. */
export interface Frontier {
  readonly size: bigint;
  /** As many hashes as `size` has one-bits. */
  readonly hashes: readonly Uint8Array[];
}

/** Told of each perfect subtree that is complete: `hash` covers leaves [index * 2^level, (index + 1) * 2^level). */
export type NodeSink = (level: number, index: bigint, hash: Uint8Array) => void;

/** The frontier of the empty tree. */
export const EMPTY_FRONTIER: Frontier = { size: 0n, hashes: [] };

/**
 * Appends leaf hashes.
 *
 * @param onNode Called for each leaf and each interior node that becomes complete, in the order in which they do.
 *   A tile at level L holds the nodes of level 8 * L.
 */
export function appendLeaves(
  frontier: Frontier,
  leaves: readonly Uint8Array[],
  onNode: NodeSink = () => undefined,
): Frontier {
  const hashes = [...frontier.hashes];
  let { size } = frontier;
  for (const leaf of leaves) {
    let hash = leaf;
    let index = size;
    let level = 0;
    onNode(level, index, hash);
    for (; (index & 1n) === 1n; index >>= 1n) {
      hash = hashNode(pop(hashes), hash);
      level += 1;
      onNode(level, index >> 1n, hash);
    }
    hashes.push(hash);
    size += 1n;
  }
  return { size, hashes };
}

/** The RFC 6962 root of the tree with this frontier. */
export function frontierRoot({ hashes }: Frontier): Uint8Array {
  return (
    hashes.reduceRight<Uint8Array | undefined>(
      (right, left) => (right === undefined ? left : hashNode(left, right)),
      undefined,
    ) ?? EMPTY_ROOT
  );
}

function pop(hashes: Uint8Array[]): Uint8Array {
  const last = hashes.pop();
  if (last === undefined) throw new RangeError('the frontier has too few hashes for its size');
  return last;
}
