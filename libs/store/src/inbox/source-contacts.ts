import type { Pool } from 'pg';
import { z } from 'zod';
import { toTimestamp } from '../pool.js';

const ROWS = z.array(z.object({ source: z.string(), contact: z.number() }));

/** When senders were last connected, to whichever process. */
export class SqlSourceContacts {
  readonly #pool: Pool;
  readonly #tenant: string;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /** Notes when sources were seen, epoch milliseconds; a time never goes back. */
  async note(contacts: ReadonlyMap<string, number>): Promise<void> {
    if (contacts.size === 0) return;
    await this.#pool.query({
      name: 'source contacts',
      text: `insert into source_contact (tenant, source, contact)
             select $1, u.source, u.contact from unnest($2::text[], $3::timestamptz[]) as u(source, contact)
             order by u.source
             on conflict (tenant, source) do update set contact = greatest(source_contact.contact, excluded.contact)`,
      values: [this.#tenant, [...contacts.keys()], [...contacts.values()].map((atMs) => toTimestamp(atMs))],
    });
  }

  /** When each source was last seen by any process; sources never seen are absent. */
  async newest(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await this.#pool.query({
      name: 'source contacts newest',
      text: 'select source, contact from source_contact where tenant = $1',
      values: [this.#tenant],
    });
    return new Map(ROWS.parse(rows).map(({ source, contact }) => [source, contact]));
  }
}
