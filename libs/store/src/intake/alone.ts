import type { Pool } from 'pg';

/** Work that waits for its turn, by name: within this process first, so that waiting holds no connection. */
const turns = new WeakMap<Pool, Map<string, Promise<unknown>>>();

/** Runs work while nobody else, in this process or another, does work of the same name. */
export async function alone<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<T> {
  const waiting = turns.get(pool) ?? new Map<string, Promise<unknown>>();
  turns.set(pool, waiting);
  const before = waiting.get(name) ?? Promise.resolve();
  const turn = before.then(
    () => locked(pool, name, work),
    () => locked(pool, name, work),
  );
  waiting.set(name, turn);
  return turn;
}

async function locked<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [name]);
    return await work();
  } finally {
    // Ending the connection would free the lock as well, should this fail.
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [name]).then(
      () => client.release(),
      () => client.release(true),
    );
  }
}
