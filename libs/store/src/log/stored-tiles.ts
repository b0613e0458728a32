import { GatewayError } from '#outcome';
import { EMPTY_ROOT, hashLeaf, HASH_BYTES, rootFromTiles, TILE_WIDTH, type TileReader } from '#provenance';
import type { Queryable } from './head-row.js';

/** Reads tiles from the tables: full tiles and those of higher levels as stored, the open one of level 0 from leaves. */
export function storedTiles(from: Queryable, tenant: string): TileReader {
  return async (level, index, width) => {
    if (level === 0 && width < TILE_WIDTH) {
      const first = index * BigInt(TILE_WIDTH);
      return readLeaves(from, tenant, first, first + BigInt(width));
    }
    const { rows } = await from.query<{ hashes: Buffer }>({
      name: 'log-tile',
      text: 'select hashes from log_tile where tenant = $1 and level = $2 and idx = $3',
      values: [tenant, level, index],
    });
    return splitHashes(rows[0]?.hashes ?? new Uint8Array()).slice(0, width);
  };
}

/** The root of the first `size` leaves; `undefined` where tiles or leaves are missing or cut. */
export async function storedRoot(
  from: Queryable,
  tenant: string,
  size: bigint,
): Promise<Uint8Array | undefined> {
  if (size === 0n) return EMPTY_ROOT;
  try {
    return await rootFromTiles(size, storedTiles(from, tenant));
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'integrity-failure') return undefined;
    throw cause;
  }
}

/** Leaf hashes [from, to), as far as rows follow each other without a gap. */
export async function readLeaves(
  source: Queryable,
  tenant: string,
  from: bigint,
  to: bigint,
): Promise<Uint8Array[]> {
  return (await readEntries(source, tenant, from, to)).map(hashLeaf);
}

/** Entries [from, to), as far as rows follow each other without a gap. */
export async function readEntries(
  source: Queryable,
  tenant: string,
  from: bigint,
  to: bigint,
): Promise<Uint8Array[]> {
  if (from >= to) return [];
  const { rows } = await source.query<{ idx: bigint; entry: Buffer }>({
    name: 'log-entries',
    text: 'select idx, entry from log_leaf where tenant = $1 and idx >= $2 and idx < $3 order by idx',
    values: [tenant, from, to],
  });
  const gap = rows.findIndex(({ idx }, at) => idx !== from + BigInt(at));
  return rows.slice(0, gap === -1 ? rows.length : gap).map(({ entry }) => entry);
}

/** Hashes that were stored one after the other. */
export function splitHashes(bytes: Uint8Array): Uint8Array[] {
  const count = Math.floor(bytes.length / HASH_BYTES);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
}
