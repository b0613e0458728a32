import type { Pool } from 'pg';
import { openPool } from '#store';
import { BreakablePool } from '../../../libs/store/src/testing/breakable-pool.js';
import { openTestDatabase, type TestDatabase } from '../../../libs/store/src/testing/test-database.js';
import { whileLeading } from './leader-lock.js';

const LIMIT_MS = 90_000;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A worker with its own pool, as a process of its own would have. */
class Worker {
  readonly pool: Pool;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  working = false;
  terms = 0;

  constructor(pool: Pool) {
    this.pool = pool;
  }

  start(name: string): void {
    this.#running = whileLeading(this.pool, name, this.#stopping.signal, async (signal) => {
      this.working = true;
      this.terms += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      this.working = false;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.pool.end();
  }
}

describe('whileLeading', () => {
  let database: TestDatabase;
  let workers: Worker[];

  beforeEach(async () => {
    database = await openTestDatabase();
    workers = [1, 2].map(() => new Worker(openPool({ url: database.url, tenant: 'default', max: 2 })));
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database.close();
  });

  const lockers = async () => {
    const { rows } = await database.admin(
      `select pid from pg_locks where locktype = 'advisory' and granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.map(({ pid }: { pid: number }) => pid);
  };
  const working = () => workers.filter((worker) => worker.working);

  it('lets one of two workers lead', async () => {
    for (const worker of workers) worker.start('one');
    await until(() => working().length === 1);
    expect(await lockers()).toHaveLength(1);
    expect(workers.reduce((sum, { terms }) => sum + terms, 0)).toBe(1);
  });

  it('lets two workers lead under two names', async () => {
    for (const [index, worker] of workers.entries()) worker.start(`name ${index}`);
    await until(() => working().length === 2);
    expect(await lockers()).toHaveLength(2);
  });

  it('hands over when the leader stops', async () => {
    for (const worker of workers) worker.start('one');
    await until(() => working().length === 1);
    const [leader] = working();
    await leader?.stop();
    workers = workers.filter((worker) => worker !== leader);
    await until(() => working().length === 1);
    expect(leader?.working).toBe(false);
  });

  it('begins nothing where it is told to stop while it asks for the lock', async () => {
    const [worker] = workers;
    worker?.start('one');
    await worker?.stop();
    workers = workers.filter((each) => each !== worker);
    expect(worker?.terms).toBe(0);
  });

  it('tells the leader to stop when its connection is killed, and another takes over or it leads anew', async () => {
    for (const worker of workers) worker.start('one');
    await until(() => working().length === 1);
    const [leader] = working();
    const [pid] = await lockers();
    await database.admin('select pg_terminate_backend($1)', [pid]);
    await until(() => workers.reduce((sum, { terms }) => sum + terms, 0) === 2);
    await until(async () => working().length === 1 && (await lockers()).length === 1);
    expect(await lockers()).not.toEqual([pid]);
    expect(leader?.terms ?? 0).toBeGreaterThanOrEqual(1);
  });

  it('leaves the connections of whoever does not lead as they were', async () => {
    const [leader, other] = workers;
    leader?.start('one');
    await until(() => working().length === 1);
    const counted = { tries: 0, ended: 0, listeners: new Set<number>() };
    other?.pool.on('remove', () => (counted.ended += 1));
    other?.pool.on('acquire', (client) => {
      counted.tries += 1;
      counted.listeners.add(client.listenerCount('error'));
    });
    other?.start('one');
    await until(() => counted.tries === 4);
    expect(counted.ended).toBe(0);
    expect(counted.listeners.size).toBe(1);
  });

  it('tries again where the connection breaks while it asks for the lock', async () => {
    const breakable = new BreakablePool(database);
    breakable.breakAt('select name, pg_try_advisory_lock', 'before');
    const worker = new Worker(breakable.pool);
    workers.push(worker);
    worker.start('one');
    await until(() => working().length === 1);
    expect(breakable.pending).toBe(0);
    expect(worker.terms).toBe(1);
  });
});
