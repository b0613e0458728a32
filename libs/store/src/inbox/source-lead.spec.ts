import { openPool } from '../pool.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { SqlSourceContacts } from './source-contacts.js';
import { SourceLead } from './source-lead.js';

const LIMIT_MS = 90_000;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > endMs) throw new Error('it did not become so in time');
  }
}

describe('what processes of one database share of sources', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  }, 120_000);
  afterAll(() => database.close());

  it('lets one process lead a source at a time', async () => {
    const [one, two] = [1, 2].map(() => new SourceLead(database.pool, 'default'));
    await expect(one?.hold(['a'])).resolves.toEqual(['a']);
    await expect(two?.hold(['a', 'b'])).resolves.toEqual(['b']);
    await expect(one?.hold(['a', 'b'])).resolves.toEqual(['a']);
    one?.release();
    await until(async () => (await two?.hold(['a', 'b']))?.length === 2);
    two?.release();
  });

  it('leads no more when its connection breaks, and tries again', async () => {
    const lead = new SourceLead(database.pool, 'default');
    await lead.hold(['c']);
    await database.admin(
      `select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted`,
    );
    const other = new SourceLead(database.pool, 'default');
    await until(async () => (await other.hold(['c'])).length === 1);
    await until(() => lead.hold(['c']).then((held) => held.length === 0));
    other.release();
    await until(async () => (await lead.hold(['c'])).length === 1);
    await expect(other.hold(['c'])).resolves.toEqual([]);
    for (const each of [lead, other]) each.release();
  });

  it('tells every process when a source was last connected, to whichever', async () => {
    const [one, two] = [1, 2].map(() => new SqlSourceContacts(database.pool, 'default'));
    await one?.note(new Map([['a', 2_000]]));
    await two?.note(
      new Map([
        ['a', 1_000],
        ['b', 3_000],
      ]),
    );
    await one?.note(new Map());
    expect(await two?.newest()).toEqual(
      new Map([
        ['a', 2_000],
        ['b', 3_000],
      ]),
    );
    const pool = openPool({ url: database.url, tenant: 'other', max: 1 });
    expect(await new SqlSourceContacts(pool, 'other').newest()).toEqual(new Map());
    await pool.end();
  });
});
