import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one transaction on a connection of its own; rolls back where it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (cause) {
    // A connection whose rollback fails is not given back.
    await client.query('rollback').then(
      () => client.release(),
      (broken: unknown) => client.release(broken instanceof Error ? broken : true),
    );
    throw cause;
  }
}
