import { isDatabaseLost } from './is-database-lost.js';
import { Lanes } from './lanes.js';
import { openTestDatabase, type TestDatabase } from './testing/test-database.js';

const numbered = (number: number) => ({ name: 'numbered', text: 'select $1::int8 as n', values: [number] });
const waiting = { name: 'waiting', text: 'select pg_sleep($1)', values: [60] };
const OURS = `from pg_stat_activity where datname = current_database() and usename is not null and pid <> pg_backend_pid()`;

describe('Lanes', () => {
  let database: TestDatabase;
  let lanes: Lanes;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  beforeEach(() => {
    lanes = new Lanes({ url: database.url, tenant: 'default' });
  });
  afterEach(() => lanes.end());
  afterAll(() => database.close());

  const connections = async (): Promise<number> =>
    (await database.admin(`select 1 ${OURS} and state is not null`)).rows.length;

  it('give each of many at once its own rows, over two connections', async () => {
    const before = await connections();
    const numbers = Array.from({ length: 500 }, (_, number) => number);
    const answers = await Promise.all(numbers.map((number) => lanes.query(numbered(number))));
    expect(answers.map(({ rows }) => rows)).toEqual(numbers.map((number) => [{ n: BigInt(number) }]));
    expect(await connections()).toBe(before + 2);
  });

  it('speak for the tenant, under row-level security', async () => {
    const text = `select current_user::text as who, current_setting('proviso.tenant') as tenant`;
    const { rows } = await lanes.query({ name: 'who', text, values: [] });
    expect(rows).toEqual([{ who: 'proviso_app', tenant: 'default' }]);
  });

  it('fail the statement that is at fault, and not its neighbours', async () => {
    const faulty = { name: 'faulty', text: 'select 1 / $1::int as n', values: [0] };
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => lanes.query(at % 2 === 0 ? faulty : numbered(at))),
    );
    expect(answers.map(({ status }) => status)).toEqual(
      answers.map((_, at) => (at % 2 === 0 ? 'rejected' : 'fulfilled')),
    );
    expect((await lanes.query({ ...faulty, values: [1] })).rows).toEqual([{ n: 1 }]);
  });

  it('say that the database is lost where a connection breaks, and go on with a new one', async () => {
    const asked = [waiting, waiting, numbered(1), numbered(2)].map((one) => lanes.query(one));
    const heard = Promise.allSettled(asked);
    const sleeping = `${OURS} and query like '%pg_sleep($1)%'`;
    while ((await database.admin(`select 1 ${sleeping}`)).rows.length < 2) continue;
    await database.admin(`select pg_terminate_backend(pid) ${sleeping}`);
    for (const answer of await heard) {
      expect(answer.status === 'rejected' && isDatabaseLost(answer.reason)).toBe(true);
    }
    expect((await lanes.query(numbered(3))).rows).toEqual([{ n: 3n }]);
  });

  it('say so where nobody answers, and connect once somebody does', async () => {
    const away = new Lanes({ url: 'postgres://nobody@127.0.0.1:1/none', tenant: 'default' });
    const heard = await Promise.allSettled([away.query(numbered(1)), away.query(numbered(2))]);
    expect(heard.map((one) => one.status === 'rejected' && isDatabaseLost(one.reason))).toEqual([true, true]);
    await away.end();
  });

  it('answer what is under way before they end, and nothing after', async () => {
    const own = new Lanes({ url: database.url, tenant: 'default' });
    const last = Promise.all([own.query(numbered(4)), own.query({ ...waiting, values: [0.2] })]);
    await own.end();
    expect((await last).length).toBe(2);
    await expect(own.query(numbered(5))).rejects.toThrow(TypeError);
  });
});
