import type { ClientBase, Pool } from 'pg';
import { EMPTY_ROOT } from '#provenance';

/** Whatever can be asked: a pool, or a connection inside a transaction. */
export type Queryable = Pick<ClientBase, 'query'> | Pick<Pool, 'query'>;

/** The stored head. */
export interface HeadRow {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Uint8Array;
  /** The frontier's hashes, one after the other. */
  readonly frontier: Uint8Array;
  readonly checkpoint: string;
  /** Epoch milliseconds; never falls. */
  readonly lastTimeMs: number;
}

interface RawHead {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
  readonly frontier: Buffer;
  readonly checkpoint: string;
  readonly last_time: number;
}

const COLUMNS = 'origin, size, root, frontier, checkpoint, last_time';

/** The head as committed; `undefined` before the first start. */
export async function readHead(from: Queryable, tenant: string): Promise<HeadRow | undefined> {
  const text = `select ${COLUMNS} from log_head where tenant = $1`;
  const { rows } = await from.query<RawHead>(text, [tenant]);
  return rows[0] && toHead(rows[0]);
}

/** The head, locked until the transaction ends: one sequencer at a time. */
export async function lockHead(client: ClientBase, tenant: string): Promise<HeadRow | undefined> {
  const text = `select ${COLUMNS} from log_head where tenant = $1 for update`;
  const { rows } = await client.query<RawHead>({ name: 'log-head', text, values: [tenant] });
  return rows[0] && toHead(rows[0]);
}

/** Writes the head of an empty log unless there is a head. */
export async function beginLog(
  pool: Pool,
  tenant: string,
  head: { readonly origin: string; readonly checkpoint: string; readonly atMs: number },
): Promise<void> {
  await pool.query(
    `insert into log_head (tenant, origin, size, root, frontier, checkpoint, last_time)
     values ($1, $2, 0, $3, '', $4, $5) on conflict do nothing`,
    [tenant, head.origin, EMPTY_ROOT, head.checkpoint, new Date(head.atMs)],
  );
}

function toHead(row: RawHead): HeadRow {
  const { origin, size, root, frontier, checkpoint } = row;
  return { origin, size, root, frontier, checkpoint, lastTimeMs: row.last_time };
}
