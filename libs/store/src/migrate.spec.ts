import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MIGRATIONS } from './migrations/embedded.js';
import { migrate } from './migrate.js';
import { openPool } from './pool.js';
import { openTestDatabase, type TestDatabase } from './testing/test-database.js';

const LEAF = `insert into log_leaf (tenant, idx, record_id, entry) values ($1, $2, gen_random_uuid(), '\\x00')`;
const DENIED = { code: '42501' };

describe('migrate', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  }, 120_000);
  afterAll(() => database.close());

  it('carries the very text of the numbered files', () => {
    const folder = new URL('./migrations/', import.meta.url);
    const files = readdirSync(fileURLToPath(folder)).filter((name) => name.endsWith('.sql'));
    const read = files.toSorted().map((name) => ({
      name: name.slice(0, -4),
      sql: readFileSync(new URL(name, folder), 'utf8'),
    }));
    expect(MIGRATIONS).toEqual(read);
  });

  it('applies nothing the second time, also when two start at once', async () => {
    await expect(Promise.all([migrate(database.url), migrate(database.url)])).resolves.toEqual([[], []]);
  });

  it('lets another wait until what comes next is done', async () => {
    const done: string[] = [];
    const next = (name: string) => async () => {
      done.push(`${name} begins`);
      await migrateLater;
      done.push(`${name} ends`);
    };
    const migrateLater = new Promise((resolve) => setTimeout(resolve, 200));
    await Promise.all([migrate(database.url, next('one')), migrate(database.url, next('two'))]);
    const [first, second, third, fourth] = done.map((line) => line.split(' '));
    expect([first?.[1], second?.[1], third?.[1], fourth?.[1]]).toEqual(['begins', 'ends', 'begins', 'ends']);
    expect([first?.[0], third?.[0]]).toEqual([second?.[0], fourth?.[0]]);
  });

  it('refuses a database that was migrated with another text', async () => {
    const other = await openTestDatabase();
    await other.admin(`update migration set checksum = 'other' where name = '0001-init'`);
    await expect(migrate(other.url)).rejects.toMatchObject({ code: 'version-conflict' });
    await other.close();
  });

  it('leaves no table without forced row-level security', async () => {
    const { rows } = await database.admin(
      `select relname from pg_class where relnamespace = 'proviso'::regnamespace and relkind = 'r'
       and relname <> 'migration' and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(rows).toEqual([]);
  });

  it('lets the application add a leaf, and neither change, delete nor empty what was added', async () => {
    await database.pool.query(LEAF, ['default', 0]);
    for (const statement of [
      `update log_leaf set entry = '\\x01'`,
      'delete from log_leaf',
      'truncate log_leaf',
      `update log_private set sealed = '\\x01'`,
      'delete from log_private',
      `update resource_version set bytes = '\\x01'`,
      'delete from resource_version',
      'alter table log_leaf disable row level security',
    ]) {
      await expect(database.pool.query(statement)).rejects.toMatchObject(DENIED);
    }
    const { rows } = await database.pool.query('select idx, entry from log_leaf');
    expect(rows).toEqual([{ idx: 0n, entry: Buffer.from([0]) }]);
  });

  it("shows a connection its own tenant's rows only, and takes none for another", async () => {
    const other = openPool({ url: database.url, tenant: 'other', max: 1 });
    await other.query(LEAF, ['other', 7]);
    await expect(other.query('select idx from log_leaf')).resolves.toMatchObject({ rows: [{ idx: 7n }] });
    await expect(other.query(LEAF, ['default', 8])).rejects.toMatchObject(DENIED);
    await other.end();
  });

  it('reads nothing on a connection without a tenant', async () => {
    await expect(
      database.admin('set role proviso_app; select * from resource_version'),
    ).rejects.toMatchObject({ code: '42704' });
  });

  it('reads times as milliseconds, open ends as infinity, and big numbers whole', async () => {
    const { rows } = await database.pool.query(
      `select 'infinity'::timestamptz a, '-infinity'::timestamptz b, '2026-02-28T23:59:59.123Z'::timestamptz c,
       9007199254740993::bigint d`,
    );
    expect(rows).toEqual([
      { a: Infinity, b: -Infinity, c: Date.UTC(2026, 1, 28, 23, 59, 59, 123), d: 9007199254740993n },
    ]);
  });
});
