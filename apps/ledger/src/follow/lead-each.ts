import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

const RETRY_MS = 1_000;

/** What is done while a name is held; ends soon after the signal. */
type Work = (name: string, signal: AbortSignal) => Promise<void>;

/**
 * Runs `work` for each name whose advisory lock this process holds, and waits for the others: at most one process works for
 * a name at a time. All locks are of one connection; when it breaks, every work is told to stop and the locks are taken anew.
 */
export async function whileLeadingEach(
  pool: Pool,
  names: readonly string[],
  signal: AbortSignal,
  work: Work,
): Promise<void> {
  while (!signal.aborted && names.length > 0) {
    // oxlint-disable no-await-in-loop -- one term after the other
    await oneTerm(pool, names, signal, work).catch(() => undefined);
    await pause(RETRY_MS, signal);
    // oxlint-enable no-await-in-loop
  }
}

async function oneTerm(pool: Pool, names: readonly string[], signal: AbortSignal, work: Work): Promise<void> {
  const client = await pool.connect();
  const lost = new AbortController();
  const lose = () => lost.abort();
  client.on('error', lose);
  // a connection that never had a lock, and works, is left to others as it was found
  let isSpent = true;
  const working = new Map<string, Promise<void>>();
  const term = AbortSignal.any([signal, lost.signal]);
  try {
    do {
      // oxlint-disable no-await-in-loop -- one look after the other
      const missing = names.filter((name) => !working.has(name));
      for (const name of await takeLocks(client, missing)) working.set(name, work(name, term));
      if (working.size === 0) {
        isSpent = term.aborted;
        return;
      }
      await (working.size === names.length ? endOf(term) : pause(RETRY_MS, term));
      // oxlint-enable no-await-in-loop
    } while (!term.aborted);
  } finally {
    lost.abort();
    await Promise.allSettled(working.values());
    if (!isSpent) client.off('error', lose);
    // where it is spent: ends the session, and with it the locks
    client.release(isSpent);
  }
}

async function takeLocks(client: PoolClient, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { rows } = await client.query<{ name: string; held: boolean }>(
    'select name, pg_try_advisory_lock(hashtextextended(name, 0)) as held from unnest($1::text[]) name',
    [names],
  );
  return rows.filter(({ held }) => held).map(({ name }) => name);
}

function endOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
