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

/** The siblings of each of the first `count` leaves, from the bottom up; every node is hashed once. */
export function paddedPaths(leaves: readonly Uint8Array[], count: number): Uint8Array[][] {
  const rows: (readonly Uint8Array[])[] = [];
  for (let row = leaves; row.length > 1; row = parentsOf(row)) rows.push(row);
  return Array.from({ length: count }, (_, position) =>
    rows.map((row, height) => {
      const at = Math.floor(position / 2 ** height);
      const sibling = row[at % 2 === 0 ? at + 1 : at - 1];
      if (sibling === undefined) throw new RangeError('no such leaf');
      return sibling;
    }),
  );
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
