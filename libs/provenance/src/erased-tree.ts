import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from './frontier.js';
import { hashLeaf } from './tree-hash.js';

/**
 * What an erasure notice commits to: the count and RFC 6962 root over the indexes of the erased records,
 * ascending, each a leaf of eight big-endian bytes.
 */
export function erasedTree(indexes: readonly bigint[]): { count: number; root: Uint8Array } {
  const leaves = indexes.toSorted((a, b) => Number(a - b)).map(erasedLeaf);
  return { count: leaves.length, root: frontierRoot(appendLeaves(EMPTY_FRONTIER, leaves)) };
}

/** The leaf of one erased index. */
export function erasedLeaf(index: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(index);
  return hashLeaf(bytes);
}
