import { GatewayError } from '#outcome';
import { hashNode, HASH_BYTES } from './tree-hash.js';
import { TILE_HEIGHT, TILE_WIDTH, tileWidth } from './tile-path.js';

/**
 * Reads the first `width` hashes of tile (level, index), as tlog-tiles defines it.
 * A wider tile of the same place may be answered; a narrower one MUST NOT.
 */
export type TileReader = (
  level: number,
  index: bigint,
  width: number,
) => Promise<readonly Uint8Array[]> | readonly Uint8Array[];

/**
 * The RFC 9162 inclusion proof of leaf `index` in the tree of `size`, from the leaf's sibling up.
 *
 * @throws GatewayError `invalid-value` where there is no such leaf; `integrity-failure` where a tile is too short.
 */
export async function inclusionProof(index: bigint, size: bigint, read: TileReader): Promise<Uint8Array[]> {
  if (index < 0n || index >= size) throw new GatewayError('invalid-value', { details: 'leaf index' });
  const tree = new TileTree(size, read);
  const path: Promise<Uint8Array>[] = [];
  for (let [from, to] = [0n, size]; to - from > 1n;) {
    const middle = from + largestPowerBelow(to - from);
    const onLeft = index < middle;
    path.push(onLeft ? tree.hash(middle, to) : tree.hash(from, middle));
    [from, to] = onLeft ? [from, middle] : [middle, to];
  }
  return (await Promise.all(path)).toReversed();
}

/**
 * The RFC 9162 consistency proof between the trees of `size1` and `size2`.
 *
 * @throws GatewayError `invalid-value` unless 0 < size1 ≤ size2; `integrity-failure` where a tile is too short.
 */
export async function consistencyProof(
  size1: bigint,
  size2: bigint,
  read: TileReader,
): Promise<Uint8Array[]> {
  if (size1 <= 0n || size1 > size2) throw new GatewayError('invalid-value', { details: 'tree sizes' });
  const tree = new TileTree(size2, read);
  const path: Promise<Uint8Array>[] = [];
  let [from, to] = [0n, size2];
  while (to !== size1) {
    const middle = from + largestPowerBelow(to - from);
    const onLeft = size1 <= middle;
    path.push(onLeft ? tree.hash(middle, to) : tree.hash(from, middle));
    [from, to] = onLeft ? [from, middle] : [middle, to];
  }
  // the verifier holds the old root, and with it this subtree where it is the whole old tree
  if (from !== 0n) path.push(tree.hash(from, to));
  return (await Promise.all(path)).toReversed();
}

/** The root of the tree of `size`, from its tiles. `size` MUST be positive. */
export async function rootFromTiles(size: bigint, read: TileReader): Promise<Uint8Array> {
  if (size <= 0n) throw new GatewayError('invalid-value', { details: 'tree size' });
  return new TileTree(size, read).hash(0n, size);
}

/** Hashes of subtrees, each tile read once. */
class TileTree {
  readonly #size: bigint;
  readonly #read: TileReader;
  readonly #tiles = new Map<string, Promise<readonly Uint8Array[]>>();

  constructor(size: bigint, read: TileReader) {
    this.#size = size;
    this.#read = read;
  }

  /** MTH(D[from:to]) where `from` is a multiple of the least power of two that holds the range. */
  async hash(from: bigint, to: bigint): Promise<Uint8Array> {
    const perfect: Promise<Uint8Array>[] = [];
    for (let at = from; at < to;) {
      const height = bitLength(to - at) - 1;
      perfect.push(this.#perfect(at, height));
      at += 1n << BigInt(height);
    }
    const hashes = await Promise.all(perfect);
    return hashes.reduceRight((right, left) => hashNode(left, right));
  }

  /** The root of the 2^height leaves from `at`. They are 2^(height mod 8) neighbours in one tile. */
  async #perfect(at: bigint, height: number): Promise<Uint8Array> {
    const level = Math.floor(height / TILE_HEIGHT);
    const node = at >> BigInt(level * TILE_HEIGHT);
    const tile = await this.#tile(level, node / BigInt(TILE_WIDTH));
    const start = Number(node % BigInt(TILE_WIDTH));
    return rootOf(tile.slice(start, start + 2 ** (height % TILE_HEIGHT)));
  }

  #tile(level: number, index: bigint): Promise<readonly Uint8Array[]> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const tile = this.#fetch(level, index);
    this.#tiles.set(key, tile);
    return tile;
  }

  async #fetch(level: number, index: bigint): Promise<readonly Uint8Array[]> {
    const width = tileWidth(level, index, this.#size);
    const tile = await this.#read(level, index, width);
    const whole = tile.length >= width && tile.every((hash) => hash.length === HASH_BYTES);
    if (!whole) throw new GatewayError('integrity-failure', { details: `tile ${level}/${index}` });
    return tile;
  }
}

/** The root over a power of two of hashes. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    row = row.flatMap((left, i) => {
      const right = row[i + 1];
      return i % 2 === 0 && right !== undefined ? [hashNode(left, right)] : [];
    });
  }
  const [root] = row;
  if (root === undefined) throw new RangeError('no hashes');
  return root;
}

function largestPowerBelow(count: bigint): bigint {
  return 1n << BigInt(bitLength(count - 1n) - 1);
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}
