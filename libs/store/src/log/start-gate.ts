import type { Pool } from 'pg';
import {
  checkCheckpoint,
  frontierRoot,
  hashLeaf,
  isSignedByGateway,
  type Policy,
  sameBytes,
  TILE_WIDTH,
} from '#provenance';
import { type HeadRow, readHead } from './head-row.js';
import { readHighWater, type HighWaterReading } from './high-water.js';
import type { SqlLogOptions } from './log-options.js';
import { SqlAnchorLog } from './sql-anchor-log.js';
import { readEntries, splitHashes, storedRoot, storedTiles } from './stored-tiles.js';

/** Newest leaves whose signatures are checked at the start; the rest is the audit's. */
const CHECKED_LEAVES = BigInt(TILE_WIDTH);

/** Who remembers a head. */
export type HeadSource = 'high-water' | 'anchor' | 'chain' | 'witness';

/** A head of this log that somebody else holds. */
export interface KnownHead {
  readonly source: HeadSource;
  readonly size: bigint;
  readonly root: Uint8Array;
}

/** Why a log is not served, each named. */
export type StartFault =
  | {
      readonly kind: 'log-rolled-back';
      readonly source: HeadSource;
      readonly known: bigint;
      readonly stored: bigint;
    }
  | { readonly kind: 'log-forked'; readonly source: HeadSource; readonly size: bigint }
  | { readonly kind: 'head-missing' }
  | { readonly kind: 'origin-mismatch' }
  | { readonly kind: 'checkpoint-invalid' }
  | { readonly kind: 'root-mismatch'; readonly size: bigint }
  | { readonly kind: 'leaf-missing'; readonly index: bigint }
  | { readonly kind: 'leaf-altered'; readonly index: bigint }
  | { readonly kind: 'high-water-unreadable' }
  | { readonly kind: 'unsafe-setting'; readonly setting: string };

type GateOptions = Pick<SqlLogOptions, 'pool' | 'tenant' | 'origin' | 'highWaterPath'> & {
  /** What the high-water file said, where it was read before. */
  readonly mark?: HighWaterReading;
};

/**
 * Looks whether the stored log is the one that was left: at least as large as every head that others remember, and
 * consistent with it; its root made from its tiles; its newest leaves signed. An empty list lets the gateway start.
 */
export async function startGate(
  options: GateOptions,
  policy: Policy,
  known: readonly KnownHead[],
): Promise<readonly StartFault[]> {
  const { pool, tenant, highWaterPath } = options;
  const mark = options.mark ?? (await readHighWater(highWaterPath));
  const remembered = [...known, ...(await newestAnchor(pool, tenant))];
  if (mark.kind === 'mark') remembered.push({ source: 'high-water', ...mark.head });
  const unreadable: StartFault[] = mark.kind === 'unreadable' ? [{ kind: 'high-water-unreadable' }] : [];
  const head = await readHead(pool, tenant);
  const faults = [...unreadable, ...(await unsafeSettings(pool))];
  if (head === undefined) return [...faults, ...(await withoutHead(options, remembered))];
  return [
    ...faults,
    ...headFaults(head, options.origin, policy),
    ...(await treeFaults(options, head)),
    ...(await leafFaults(options, head, policy)),
    ...(await rememberedFaults(options, head, remembered)),
  ];
}

/** Settings under which an acknowledged record may be lost. */
async function unsafeSettings(pool: Pool): Promise<readonly StartFault[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select name from pg_settings
     where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off' order by name`,
  );
  return rows.map(({ name }) => ({ kind: 'unsafe-setting', setting: name }));
}

async function newestAnchor(pool: Pool, tenant: string): Promise<readonly KnownHead[]> {
  const anchor = await new SqlAnchorLog(pool, tenant).newest();
  return anchor === undefined ? [] : [{ source: 'anchor', size: anchor.size, root: anchor.root }];
}

/** A log that never began has no head; one that did lost it. */
async function withoutHead(
  { pool, tenant }: GateOptions,
  remembered: readonly KnownHead[],
): Promise<readonly StartFault[]> {
  const { rows } = await pool.query('select from log_leaf where tenant = $1 limit 1', [tenant]);
  const missing: StartFault[] = rows.length === 0 ? [] : [{ kind: 'head-missing' }];
  return [...missing, ...remembered.flatMap((each) => rolledBack(each, 0n))];
}

function headFaults(head: HeadRow, origin: string, policy: Policy): readonly StartFault[] {
  const faults: StartFault[] = head.origin === origin ? [] : [{ kind: 'origin-mismatch' }];
  const signed = checkCheckpoint(head.checkpoint, policy).head;
  const fits =
    signed?.origin === head.origin && signed.size === head.size && sameBytes(signed.root, head.root);
  return fits ? faults : [...faults, { kind: 'checkpoint-invalid' }];
}

async function treeFaults({ pool, tenant }: GateOptions, head: HeadRow): Promise<readonly StartFault[]> {
  const hashes = splitHashes(head.frontier);
  const byFrontier = frontierRoot({ size: head.size, hashes });
  const byTiles = await storedRoot(pool, tenant, head.size);
  const fits = byTiles !== undefined && sameBytes(byFrontier, head.root) && sameBytes(byTiles, head.root);
  return fits ? [] : [{ kind: 'root-mismatch', size: head.size }];
}

/** The newest leaves: present, signed by a known gateway, and those that their tile was made from. */
async function leafFaults(
  { pool, tenant, origin }: GateOptions,
  { size }: HeadRow,
  policy: Policy,
): Promise<readonly StartFault[]> {
  const from = size > CHECKED_LEAVES ? size - CHECKED_LEAVES : 0n;
  const entries = await readEntries(pool, tenant, from, size);
  const read = storedTiles(pool, tenant);
  const first = from / BigInt(TILE_WIDTH);
  const tile = (first + 1n) * BigInt(TILE_WIDTH) <= size ? await read(0, first, TILE_WIDTH) : [];
  const faults = entries.flatMap((entry, at): StartFault[] => {
    const index = from + BigInt(at);
    const inTile =
      index / BigInt(TILE_WIDTH) === first ? tile[Number(index % BigInt(TILE_WIDTH))] : undefined;
    const fits = inTile === undefined || sameBytes(inTile, hashLeaf(entry));
    return fits && isSignedByGateway(entry, origin, policy) === true ? [] : [{ kind: 'leaf-altered', index }];
  });
  const end = from + BigInt(entries.length);
  return end === size ? faults : [...faults, { kind: 'leaf-missing', index: end }];
}

async function rememberedFaults(
  { pool, tenant }: GateOptions,
  head: HeadRow,
  remembered: readonly KnownHead[],
): Promise<readonly StartFault[]> {
  const faults: StartFault[] = [];
  for (const each of remembered) {
    if (each.size > head.size) faults.push(...rolledBack(each, head.size));
    else if (!sameBytes((await storedRoot(pool, tenant, each.size)) ?? new Uint8Array(), each.root)) {
      faults.push({ kind: 'log-forked', source: each.source, size: each.size });
    }
  }
  return faults;
}

function rolledBack({ source, size }: KnownHead, stored: bigint): readonly StartFault[] {
  return size > stored ? [{ kind: 'log-rolled-back', source, known: size, stored }] : [];
}
