import type { Pool } from 'pg';
import type { SqlFollowerPositions } from './sql-follower-positions.js';
import { inTransaction } from './transaction.js';

/** How far the publisher of events is: its position in the log, and the last event of each partition. */
export class SqlEventTails {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #positions: SqlFollowerPositions;
  readonly #name: string;

  /** @param name the follower's */
  constructor(pool: Pool, tenant: string, positions: SqlFollowerPositions, name: string) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#positions = positions;
    this.#name = name;
  }

  position(): Promise<bigint> {
    return this.#positions.position(this.#name);
  }

  /** Place → id of the last event there. */
  async tails(): Promise<ReadonlyMap<string, string>> {
    const { rows } = await this.#pool.query<{ place: string; last: string }>(
      'select place, last from event_tail where tenant = $1',
      [this.#tenant],
    );
    return new Map(rows.map(({ place, last }) => [place, last]));
  }

  /** Moves the position, and the tails of these places, together. @throws GatewayError `version-conflict` unless it is at `from` */
  async advance(from: bigint, to: bigint, tails: ReadonlyMap<string, string>): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await this.#positions.advance(this.#name, from, to, client);
      if (tails.size === 0) return;
      await client.query(
        `insert into event_tail (tenant, place, last)
         select $1, t.place, t.last from unnest($2::text[], $3::text[]) t (place, last)
         on conflict (tenant, place) do update set last = excluded.last`,
        [this.#tenant, [...tails.keys()], [...tails.values()]],
      );
    });
  }
}
