import { GatewayError } from '#outcome';
import { EMPTY_ROOT, hashLeaf, HASH_BYTES, rootFromTiles, TILE_WIDTH, type TileReader } from '#provenance';
import { GatheredLoads } from '../gathered-loads.js';
import type { Queryable } from './head-row.js';

/**
 * Reads tiles from the tables: full tiles and those of higher levels as stored, the open one of level 0 from leaves. The
 * tiles of a proof are asked for at once and read together; a connection is never asked while it works.
 */
export function storedTiles(from: Queryable, tenant: string): TileReader {
  const loads = new GatheredLoads((keys) => loadTiles(from, tenant, keys.map(placeOf)));
  return async (level, index, width) => {
    const place = { level, index, width };
    return ((await loads.get(keyOf(place))) ?? []).slice(0, width);
  };
}

/** Where a tile is, and how many of its hashes are wanted. */
interface TilePlace {
  readonly level: number;
  readonly index: bigint;
  readonly width: number;
}

function keyOf({ level, index, width }: TilePlace): string {
  return `${level}/${index}/${width}`;
}

function placeOf(key: string): TilePlace {
  const [level = '', index = '', width = ''] = key.split('/');
  return { level: Number(level), index: BigInt(index), width: Number(width) };
}

async function loadTiles(
  from: Queryable,
  tenant: string,
  places: readonly TilePlace[],
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const [open, whole] = [places.filter(isOpen), places.filter((place) => !isOpen(place))];
  return new Map([...(await loadWhole(from, tenant, whole)), ...(await loadOpen(from, tenant, open))]);
}

/** A tile of level 0 that has not all its leaves is not stored. */
function isOpen({ level, width }: TilePlace): boolean {
  return level === 0 && width < TILE_WIDTH;
}

async function loadWhole(
  from: Queryable,
  tenant: string,
  places: readonly TilePlace[],
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  if (places.length === 0) return new Map();
  const { rows } = await from.query<{ at: number; hashes: Buffer }>({
    name: 'log-tiles',
    text: `select w.at::int, t.hashes from unnest($2::int[], $3::bigint[]) with ordinality w (level, idx, at)
           join log_tile t on t.tenant = $1 and t.level = w.level and t.idx = w.idx`,
    values: [tenant, places.map(({ level }) => level), places.map(({ index }) => index)],
  });
  const found = new Map(rows.map(({ at, hashes }) => [at, hashes]));
  return new Map(
    places.map((place, at) => [keyOf(place), splitHashes(found.get(at + 1) ?? new Uint8Array())]),
  );
}

/** Each tile is read once, as wide as anybody wants it. */
async function loadOpen(
  from: Queryable,
  tenant: string,
  places: readonly TilePlace[],
): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const tiles = new Map<string, readonly Uint8Array[]>();
  for (const [index, own] of Map.groupBy(places, (place) => place.index)) {
    const first = index * BigInt(TILE_WIDTH);
    const width = Math.max(...own.map((place) => place.width));
    // oxlint-disable-next-line no-await-in-loop -- on one connection
    const leaves = await readLeaves(from, tenant, first, first + BigInt(width));
    for (const place of own) tiles.set(keyOf(place), leaves);
  }
  return tiles;
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
