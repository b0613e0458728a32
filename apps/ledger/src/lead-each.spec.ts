import type { Pool } from 'pg';
import { openPool } from '#store';
import { openTestDatabase, type TestDatabase } from '../../../libs/store/src/testing/test-database.js';
import { until } from '../../../test/e2e/until.js';
import { whileLeadingEach } from './leader-lock.js';

const LIMIT_MS = 90_000;

/** A process with its own pool, that leads what it can of some names. */
class Process {
  readonly pool: Pool;
  readonly leads = new Set<string>();
  terms = 0;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(url: string) {
    this.pool = openPool({ url, tenant: 'default', max: 2 });
  }

  start(names: readonly string[]): void {
    this.#running = whileLeadingEach(this.pool, names, this.#stopping.signal, async (name, signal) => {
      this.leads.add(name);
      this.terms += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      this.leads.delete(name);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.pool.end();
  }
}

describe('whileLeadingEach', () => {
  let database: TestDatabase;
  let processes: Process[];
  beforeEach(async () => {
    database = await openTestDatabase();
    processes = [1, 2].map(() => new Process(database.url));
  });
  afterEach(async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await database.close();
  });
  const held = async () => {
    const { rows } = await database.admin(
      `select distinct pid from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length;
  };

  it('gives each name to one process, what only one knows to that one, on a connection each', async () => {
    const [first, second] = processes;
    first?.start(['a', 'b']);
    await until('the first leads', LIMIT_MS, () => first?.leads.size === 2);
    second?.start(['a', 'b', 'c']);
    await until('the second leads the rest', LIMIT_MS, () => second?.leads.size === 1);
    expect([...(second?.leads ?? [])]).toEqual(['c']);
    expect(await held()).toBe(2);
    await first?.stop();
    processes = processes.slice(1);
    await until('the second leads all', LIMIT_MS, () => second?.leads.size === 3);
  });

  it('ends every work when the connection breaks, and takes the locks anew', async () => {
    const [first] = processes;
    first?.start(['a', 'b']);
    await until('it leads', LIMIT_MS, () => first?.leads.size === 2);
    await database.admin(
      `select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    await until('it leads anew', LIMIT_MS, () => first?.leads.size === 2 && first.terms > 2);
    expect(first?.terms).toBe(4);
  });

  it('gives the lock of a work that fails or ends back, and begins again', async () => {
    const pool = openPool({ url: database.url, tenant: 'default', max: 1 });
    const stopping = new AbortController();
    const terms = { fails: 0, ends: 0, stays: 0 };
    const running = whileLeadingEach(
      pool,
      ['fails', 'ends', 'stays'],
      stopping.signal,
      async (name, signal) => {
        if (name === 'fails') {
          terms.fails += 1;
          throw new Error('as a work may');
        }
        if (name === 'ends') terms.ends += 1;
        else {
          terms.stays += 1;
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        }
      },
    );
    await until('both began again', LIMIT_MS, () => terms.fails > 2 && terms.ends > 2);
    const [other] = processes;
    other?.start(['fails', 'ends']);
    await until('another has them meanwhile', LIMIT_MS, () => other?.leads.size === 2);
    expect(terms.stays).toBe(1);
    stopping.abort();
    await running;
    await pool.end();
  });

  it('keeps no connection where others lead all', async () => {
    const [first, second] = processes;
    first?.start(['a']);
    await until('it leads', LIMIT_MS, () => first?.leads.size === 1);
    second?.start(['a']);
    await until('the second looked', LIMIT_MS, () => (second?.pool.idleCount ?? 0) === 1);
    expect(second?.leads.size).toBe(0);
  });
});
