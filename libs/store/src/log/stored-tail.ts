import { GatewayError } from '#outcome';
import { EMPTY_ROOT, sameBytes, TILE_HEIGHT } from '#provenance';
import { beginLog, type HeadRow, type Queryable, readHead } from './head-row.js';
import type { SqlLogOptions } from './log-options.js';
import { LogTail, openIndex, openWidth } from './log-tail.js';
import { readLeaves, splitHashes, storedTiles } from './stored-tiles.js';

/** Leaves that are read at once when another gateway moved the head. */
const CATCH_UP_PAGE = 10_000n;

/** The tail of the stored log; begins a log where there is none. */
export async function beginTail(options: SqlLogOptions, atMs: number): Promise<LogTail> {
  const { pool, tenant, origin, signCheckpoint } = options;
  const checkpoint = signCheckpoint({ origin, size: 0n, root: EMPTY_ROOT });
  await beginLog(pool, tenant, { origin, checkpoint, atMs });
  const head = await readHead(pool, tenant);
  if (head === undefined) throw new GatewayError('seal-unavailable', { details: 'log-head' });
  return readTail(pool, tenant, head);
}

/** The tail that a head stands for, from its frontier and the open tiles. Whether they agree is the gate's to check. */
export async function readTail(from: Queryable, tenant: string, head: HeadRow): Promise<LogTail> {
  const { size } = head;
  const read = storedTiles(from, tenant);
  const open: (readonly Uint8Array[])[] = [];
  for (let level = 0; size >> BigInt(level * TILE_HEIGHT) > 0n; level++) {
    const width = openWidth(size, level);
    open.push(width === 0 ? [] : await read(level, openIndex(size, level), width));
  }
  return new LogTail({ size, hashes: splitHashes(head.frontier) }, open);
}

/**
 * The tail as other gateways left it: `seen` with the leaves that were appended since.
 * `undefined` where the stored log does not continue what this process saw.
 */
export async function followHead(
  from: Queryable,
  tenant: string,
  head: HeadRow,
  seen: LogTail,
): Promise<LogTail | undefined> {
  let tail = seen;
  while (tail.size < head.size) {
    const page = tail.size + CATCH_UP_PAGE;
    const leaves = await readLeaves(from, tenant, tail.size, page < head.size ? page : head.size);
    if (leaves.length === 0) return undefined;
    ({ tail } = tail.append(leaves));
  }
  return tail.size === head.size && sameBytes(tail.root(), head.root) ? tail : undefined;
}
