import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from '../frontier.js';
import { TILE_HEIGHT, TILE_WIDTH } from '../tile-path.js';

/** A tree in memory, with its tiles and the root of each of its sizes. */
export interface TileMemory {
  read(this: void, level: number, index: bigint, width: number): Uint8Array[];
  root(size: bigint): Uint8Array;
  leaf(index: bigint): Uint8Array;
}

/** Builds a tree over leaf hashes, as a log does that keeps the nodes of each tile level. */
export function treeOf(leaves: readonly Uint8Array[]): TileMemory {
  const levels = new Map<number, Uint8Array[]>();
  const roots = [frontierRoot(EMPTY_FRONTIER)];
  let frontier = EMPTY_FRONTIER;
  for (const leaf of leaves) {
    frontier = appendLeaves(frontier, [leaf], (level, _index, hash) => {
      if (level % TILE_HEIGHT === 0) {
        levels.set(level, [...(levels.get(level) ?? []), hash]);
      }
    });
    roots.push(frontierRoot(frontier));
  }
  return {
    read: (level, index, width) => {
      const start = Number(index) * TILE_WIDTH;
      return (levels.get(level * TILE_HEIGHT) ?? []).slice(start, start + width);
    },
    root: (size) => at(roots, size),
    leaf: (index) => at(leaves, index),
  };
}

function at(list: readonly Uint8Array[], index: bigint): Uint8Array {
  const value = list[Number(index)];
  if (value === undefined) throw new RangeError('not in the tree');
  return value;
}
