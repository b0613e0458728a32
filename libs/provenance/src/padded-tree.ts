import { hashNode } from './tree-hash.js';

/** The least power of two that is not below `count`; 1 for none. */
export function paddedWidth(count: number): number {
  let width = 1;
  while (width < count) width *= 2;
  return width;
}

/** The root over leaves whose number is a power of two. */
export function paddedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let row = leaves;
  while (row.length > 1) row = parentsOf(row);
  const [root] = row;
  if (root === undefined) throw new RangeError('a padded tree has leaves');
  return root;
}

/** Siblings of leaf `position`, from the bottom up. */
export function paddedPath(leaves: readonly Uint8Array[], position: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  let row = leaves;
  for (let at = position; row.length > 1; at = Math.floor(at / 2)) {
    const sibling = row[at % 2 === 0 ? at + 1 : at - 1];
    if (sibling === undefined) throw new RangeError('no such leaf');
    path.push(sibling);
    row = parentsOf(row);
  }
  return path;
}

/** The root that `leaf` at `position` has by its path; `undefined` where the position is outside a tree of that height. */
export function rootByPath(
  leaf: Uint8Array,
  position: number,
  path: readonly Uint8Array[],
): Uint8Array | undefined {
  if (position >= 2 ** path.length) return undefined;
  let hash = leaf;
  let at = position;
  for (const sibling of path) {
    hash = at % 2 === 0 ? hashNode(hash, sibling) : hashNode(sibling, hash);
    at = Math.floor(at / 2);
  }
  return hash;
}

function parentsOf(row: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < row.length; i += 2) {
    const left = row[i];
    const right = row[i + 1];
    if (left === undefined || right === undefined) throw new RangeError('not a power of two');
    parents.push(hashNode(left, right));
  }
  return parents;
}
