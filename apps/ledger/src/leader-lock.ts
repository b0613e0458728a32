import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';

const RETRY_MS = 500;

/**
 * Runs `work` while this process holds the advisory lock of `name`; waits for it first. When the connection that holds it
 * breaks, the work is told to stop and the lock is taken anew: at most one process works at a time.
 */
export async function whileLeading(
  pool: Pool,
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    // oxlint-disable no-await-in-loop -- one term after the other
    await oneTerm(pool, name, signal, work).catch(() => undefined);
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    // oxlint-enable no-await-in-loop
  }
}

async function oneTerm(
  pool: Pool,
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  const lost = new AbortController();
  const lose = () => lost.abort();
  client.on('error', lose);
  // a connection that never had the lock, and works, is left to others as it was found
  let isSpent = true;
  try {
    const { rows } = await client.query<{ held: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as held',
      [name],
    );
    const isHeld = rows[0]?.held === true;
    isSpent = isHeld || lost.signal.aborted;
    const term = AbortSignal.any([signal, lost.signal]);
    // who waits for a signal that came already would wait for ever
    if (isHeld && !term.aborted) await work(term);
  } finally {
    if (!isSpent) client.off('error', lose);
    // where it is spent: ends the session, and with it the lock
    client.release(isSpent);
  }
}
