import type { ClientBase, Pool } from 'pg';

/** A pool or one of its connections. */
export interface Queryable {
  readonly query: ClientBase['query'];
}

/** Runs statements that must agree: all see the database as the first one did. */
export async function inSnapshot<T>(pool: Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (cause) {
    await client.query('rollback').then(
      () => client.release(),
      () => client.release(true),
    );
    throw cause;
  }
}
