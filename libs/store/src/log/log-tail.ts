import {
  appendLeaves,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  TILE_HEIGHT,
  TILE_WIDTH,
  tileWidth,
} from '#provenance';

/** A tile to be written: a full one of level 0, or any of a higher level. */
export interface TileRow {
  readonly level: number;
  readonly index: bigint;
  readonly hashes: Uint8Array;
}

/** The open tile of each level: fewer than 256 hashes. */
type OpenTiles = readonly (readonly Uint8Array[])[];

/** The right edge of the tree: all that appending needs. Values are never changed; `append` gives a new one. */
export class LogTail {
  readonly frontier: Frontier;
  readonly #open: OpenTiles;

  /** @param open MUST have the widths that the frontier's size demands; see `openWidth` */
  constructor(frontier: Frontier, open: OpenTiles) {
    this.frontier = frontier;
    this.#open = open;
  }

  static readonly empty = new LogTail(EMPTY_FRONTIER, []);

  get size(): bigint {
    return this.frontier.size;
  }

  root(): Uint8Array {
    return frontierRoot(this.frontier);
  }

  /** Appends leaf hashes; gives the new tail and the tiles that changed. */
  append(leaves: readonly Uint8Array[]): { readonly tail: LogTail; readonly tiles: readonly TileRow[] } {
    const open = this.#open.map((hashes) => [...hashes]);
    const full: TileRow[] = [];
    const changed = new Set<number>();
    const frontier = appendLeaves(this.frontier, leaves, (height, index, hash) => {
      if (height % TILE_HEIGHT !== 0) return;
      const level = height / TILE_HEIGHT;
      const tile = (open[level] ??= []);
      tile.push(hash);
      changed.add(level);
      if (tile.length < TILE_WIDTH) return;
      full.push({ level, index: index / BigInt(TILE_WIDTH), hashes: Buffer.concat(tile) });
      open[level] = [];
    });
    // Level 0 is made from the leaves until it is full: its tile would be written anew with each batch.
    const partial = [...changed].flatMap((level): TileRow[] => {
      const hashes = open[level] ?? [];
      if (level === 0 || hashes.length === 0) return [];
      return [{ level, index: openIndex(frontier.size, level), hashes: Buffer.concat(hashes) }];
    });
    return { tail: new LogTail(frontier, open), tiles: [...full, ...partial] };
  }
}

/** Index of the open tile of `level` in a tree of `size`. */
export function openIndex(size: bigint, level: number): bigint {
  return size >> BigInt((level + 1) * TILE_HEIGHT);
}

/** How many hashes the open tile of `level` has in a tree of `size`. */
export function openWidth(size: bigint, level: number): number {
  return tileWidth(level, openIndex(size, level), size);
}
