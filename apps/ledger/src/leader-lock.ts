import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';

const RETRY_MS = 500;

/** What is done while a name is held; ends soon after the signal. */
type Work = (name: string, signal: AbortSignal) => Promise<void>;

/**
 * Runs `work` while this process holds the advisory lock of `name`; waits for it first. When the connection that holds it
 * breaks, the work is told to stop and the lock is taken anew: at most one process works at a time.
 */
export function whileLeading(
  pool: Pool,
  name: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  return whileLeadingEach(pool, [name], signal, (_name, term) => work(term));
}

/**
 * The same for many names: runs `work` for each whose lock this process holds, and waits for the others. All locks are of one
 * connection. Where a work ends before it is told to, or fails, its lock is given back and asked for again after a pause.
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
    await pause(signal);
    // oxlint-enable no-await-in-loop
  }
}

async function oneTerm(pool: Pool, names: readonly string[], signal: AbortSignal, work: Work): Promise<void> {
  const client = await pool.connect();
  const lost = new AbortController();
  const lose = () => lost.abort();
  client.on('error', lose);
  // a connection that has no lock, and works, is left to others as it was found
  let isSpent = true;
  const term = AbortSignal.any([signal, lost.signal]);
  const works = new Works(work, term);
  try {
    do {
      // oxlint-disable no-await-in-loop -- one look after the other
      const ended = works.takeEnded();
      await giveBack(client, ended);
      const missing = names.filter((name) => !works.has(name) && !ended.includes(name));
      works.begin(await takeLocks(client, missing));
      if (works.size === 0) {
        isSpent = term.aborted;
        return;
      }
      await (works.size === names.length ? works.anyEnds() : pause(term));
      // oxlint-enable no-await-in-loop
    } while (!term.aborted);
  } finally {
    lost.abort();
    await works.allEnd();
    if (!isSpent) client.off('error', lose);
    // where it is spent: ends the session, and with it the locks
    client.release(isSpent);
  }
}

/** The works of one term, by name. */
class Works {
  readonly #work: Work;
  readonly #term: AbortSignal;
  readonly #running = new Map<string, Promise<void>>();
  readonly #ended: string[] = [];

  constructor(work: Work, term: AbortSignal) {
    this.#work = work;
    this.#term = term;
  }

  get size(): number {
    return this.#running.size;
  }

  has(name: string): boolean {
    return this.#running.has(name);
  }

  begin(names: readonly string[]): void {
    // who waits for a signal that came already would wait for ever
    if (this.#term.aborted) return;
    for (const name of names) this.#running.set(name, this.#run(name));
  }

  /** Names whose work ended since the last call. */
  takeEnded(): readonly string[] {
    const ended = this.#ended.splice(0);
    for (const name of ended) this.#running.delete(name);
    return ended;
  }

  async anyEnds(): Promise<void> {
    await Promise.race(this.#running.values());
  }

  async allEnd(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #run(name: string): Promise<void> {
    try {
      await this.#work(name, this.#term);
    } catch {
      // a work says itself why it failed; here it is begun again
    } finally {
      this.#ended.push(name);
    }
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

async function giveBack(client: PoolClient, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await client.query('select pg_advisory_unlock(hashtextextended(name, 0)) from unnest($1::text[]) name', [
    names,
  ]);
}

async function pause(signal: AbortSignal): Promise<void> {
  await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
}
