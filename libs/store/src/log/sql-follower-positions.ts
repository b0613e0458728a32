import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import type { Queryable } from './head-row.js';

/** What a follower has before it. */
export interface FollowerLag {
  readonly name: string;
  /** Index of the next record that it has not handled. */
  readonly position: bigint;
  /** Records that it has not handled. */
  readonly records: bigint;
  /** When the oldest of them was made, epoch milliseconds; `undefined` where there is none. */
  readonly oldestMs: number | undefined;
}

interface LagRow {
  readonly name: string;
  readonly position: bigint;
  readonly records: bigint;
  readonly record_id: string | null;
}

/** How far each follower of the log is: the index of the next record that it has not handled. */
export class SqlFollowerPositions {
  readonly #pool: Pool;
  readonly #tenant: string;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /** 0 for a follower that never advanced. */
  async position(name: string): Promise<bigint> {
    const { rows } = await this.#pool.query<{ position: bigint }>(
      'select position from follower_position where tenant = $1 and name = $2',
      [this.#tenant, name],
    );
    return rows[0]?.position ?? 0n;
  }

  /**
   * Moves a follower from where it was; two leaders of one name cannot both.
   * @param client the transaction that also holds what the follower wrote, where there is one
   * @throws GatewayError `version-conflict` where the position is not `from`, `invalid-value` where it would fall
   */
  async advance(name: string, from: bigint, to: bigint, client: Queryable = this.#pool): Promise<void> {
    if (to < from || from < 0n) throw new GatewayError('invalid-value', { details: 'follower-position' });
    const { rowCount } = await client.query(
      `insert into follower_position as f (tenant, name, position)
       select $1, $2, $4::bigint where $3::bigint = 0
         or exists (select from follower_position where tenant = $1 and name = $2)
       on conflict (tenant, name) do update set position = excluded.position where f.position = $3::bigint`,
      [this.#tenant, name, from, to],
    );
    if (rowCount !== 1) throw new GatewayError('version-conflict', { details: `follower/${name}` });
  }

  /** What each of these followers has before it. */
  async lags(names: readonly string[]): Promise<readonly FollowerLag[]> {
    const { rows } = await this.#pool.query<LagRow>(
      `select n.name, n.position, h.size - n.position as records, l.record_id
       from (select w.name, coalesce(f.position, 0) as position from unnest($2::text[]) w (name)
             left join follower_position f on f.tenant = $1 and f.name = w.name) n
       join log_head h on h.tenant = $1
       left join log_leaf l on l.tenant = $1 and l.idx = n.position order by n.name`,
      [this.#tenant, names],
    );
    return rows.map((row) => ({
      name: row.name,
      position: row.position,
      records: row.records,
      oldestMs: row.record_id === null ? undefined : madeAt(row.record_id),
    }));
  }
}

/** The time in a UUIDv7, epoch milliseconds. */
function madeAt(recordId: string): number {
  return Number.parseInt(recordId.replaceAll('-', '').slice(0, 12), 16);
}
