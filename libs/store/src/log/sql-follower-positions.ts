import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import type { Queryable } from './head-row.js';

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
}
