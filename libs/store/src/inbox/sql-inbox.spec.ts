import { randomBytes, randomUUID } from 'node:crypto';
import { applyChanges } from '../apply/apply-changes.js';
import { inTransaction } from '../log/transaction.js';
import { openPool } from '../pool.js';
import { RowMac } from '../row-mac.js';
import { BreakablePool } from '../testing/breakable-pool.js';
import { makeInboxMessage, shouldBehaveLikeInbox } from '../testing/inbox.contract.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { SqlInbox } from './sql-inbox.js';
import { SqlInboxQueue } from './sql-inbox-queue.js';

const CONTEXT = { tenant: 'default', mac: new RowMac(new Uint8Array(32).fill(5)) };
const DENIED = { code: '42501' };

describe('SqlInbox', () => {
  let database: TestDatabase;
  let inbox: SqlInbox;
  let queue: SqlInboxQueue;

  beforeAll(async () => {
    database = await openTestDatabase();
    inbox = new SqlInbox({ ...CONTEXT, pool: database.pool, clock: Date.now, random: randomBytes });
    queue = new SqlInboxQueue(database.pool, CONTEXT);
  }, 120_000);
  beforeEach(() => database.admin('truncate inbox'));
  afterAll(() => database.close());

  shouldBehaveLikeInbox(() =>
    Promise.resolve({
      inbox,
      queue,
      apply: (change) =>
        inTransaction(database.pool, (client) =>
          applyChanges(client, CONTEXT, [{ recordId: randomUUID(), writes: [change] }]),
        ),
    }),
  );

  it('keeps what waits with one statement', async () => {
    let inserts = 0;
    const counted = openPool({ url: database.url, tenant: 'default', max: 2 });
    counted.on('connect', (client) => {
      const query: unknown = Reflect.get(client, 'query');
      if (typeof query !== 'function') throw new TypeError('a client has no query');
      Reflect.set(client, 'query', (...args: readonly unknown[]) => {
        const [first] = args;
        if (typeof first === 'object' && first !== null && 'name' in first && first.name === 'insert inbox')
          inserts += 1;
        return Reflect.apply(query, client, args);
      });
    });
    const busy = new SqlInbox({ ...CONTEXT, pool: counted, clock: Date.now, random: randomBytes });
    await Promise.all(Array.from({ length: 200 }, () => busy.receive(makeInboxMessage())));
    expect(inserts).toBe(1);
    await counted.end();
  });

  it('keeps messages that two processes receive at the same time once', async () => {
    const other = new SqlInbox({ ...CONTEXT, pool: database.pool, clock: Date.now, random: randomBytes });
    const messages = Array.from({ length: 30 }, () => makeInboxMessage());
    const receipts = await Promise.all(
      messages.flatMap((message) => [inbox.receive(message), other.receive(message)]),
    );
    expect(receipts.filter(({ kind }) => kind === 'stored')).toHaveLength(messages.length);
    expect(await inbox.list({ limit: 100 })).toHaveLength(messages.length);
  });

  it('fails the message alone that the database does not take', async () => {
    const messages = [makeInboxMessage(), makeInboxMessage({ controlId: 'a\0b' }), makeInboxMessage()];
    const kept = await Promise.allSettled(messages.map((message) => inbox.receive(message)));
    expect(kept.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('keeps nothing where the connection breaks before the insert, and knows the message where it breaks after', async () => {
    const broken = new BreakablePool(database);
    const cut = new SqlInbox({ ...CONTEXT, pool: broken.pool, clock: Date.now, random: randomBytes });
    const message = makeInboxMessage();
    broken.breakAt('insert inbox', 'before');
    await expect(cut.receive(message)).rejects.toMatchObject({ code: 'overloaded' });
    expect(await inbox.list({ limit: 10 })).toEqual([]);
    broken.breakAt('insert inbox', 'after');
    await expect(cut.receive(message)).rejects.toMatchObject({ code: 'overloaded' });
    await expect(cut.receive(message)).resolves.toMatchObject({ kind: 'duplicate', answer: message.answer });
    await broken.pool.end();
  });

  it.each([
    ['bytes', `update inbox set bytes = '\\x00' where id = $1`],
    ['keys', `update inbox set keys = '{}' where id = $1`],
    ['source', `update inbox set source = 'hillside' where id = $1`],
    ['place', 'update inbox set seq = seq + 1000 where id = $1'],
    ['state', `update inbox set state = 'received' where id = $1`],
    ['issues', `update inbox set issues = '{}' where id = $1`],
  ])('finds a row whose %s was edited in the database', async (_what, statement) => {
    const { id } = await inbox.receive(makeInboxMessage());
    if (statement.includes('state')) await inbox.discard(id, 'unwanted');
    await database.admin(statement, [id]);
    await expect(queue.take([id])).resolves.toMatchObject([{ kind: 'altered', id }]);
    await expect(inbox.show(id)).resolves.toMatchObject({ isIntact: false });
  });

  it('holds nothing up for a row with issues that are none', async () => {
    const [bad, fine] = await Promise.all([
      inbox.receive(makeInboxMessage()),
      inbox.receive(makeInboxMessage()),
    ]);
    await database.admin(`update inbox set issues = '{}' where id = $1`, [bad.id]);
    const taken = await queue.take([bad.id, fine.id]);
    expect(taken.map(({ id, kind }) => [id, kind])).toEqual([
      [bad.id, 'altered'],
      [fine.id, 'message'],
    ]);
    const listed = await inbox.list({ limit: 10 });
    expect(listed.map(({ id, isIntact }) => [id, isIntact])).toEqual([
      [fine.id, true],
      [bad.id, false],
    ]);
    await expect(inbox.discard(bad.id, 'x')).rejects.toMatchObject({ code: 'integrity-failure' });
  });

  it('asks for no place where all that came is kept already', async () => {
    const asked: unknown[] = [];
    const pool = openPool({ url: database.url, tenant: 'default', max: 2 });
    pool.on('acquire', () => asked.push('connection'));
    const again = new SqlInbox({ ...CONTEXT, pool, clock: Date.now, random: randomBytes });
    const message = makeInboxMessage();
    await inbox.receive(message);
    await expect(again.receive(message)).resolves.toMatchObject({ kind: 'duplicate' });
    expect(asked).toHaveLength(1);
    await pool.end();
  });

  it('does not answer with an answer that was edited, nor moves a row that was', async () => {
    const message = makeInboxMessage();
    const { id } = await inbox.receive(message);
    await database.admin(`update inbox set answer = '\\x00' where id = $1`, [id]);
    const altered = { code: 'integrity-failure' };
    await expect(inbox.receive(message)).rejects.toMatchObject(altered);
    await expect(queue.fail(id, 'x', [])).rejects.toMatchObject(altered);
    await expect(inbox.discard(id, 'x')).rejects.toMatchObject(altered);
  });

  it('finds a row that somebody put there', async () => {
    const { id } = await inbox.receive(makeInboxMessage());
    const forged = randomUUID();
    await database.admin(
      `insert into inbox select tenant, $2, source, dialect, received, '\\x01', bytes, state, reason, record_id,
         seq, sender, control_id, message, keys, answer, attempts, issues, mac from inbox where id = $1`,
      [id, forged],
    );
    await expect(queue.take([forged])).resolves.toMatchObject([{ kind: 'altered', id: forged }]);
  });

  it('lets the application change what became of a message, and nothing that was received', async () => {
    await inbox.receive(makeInboxMessage());
    for (const column of ['bytes', 'digest', 'answer', 'keys', 'source', 'seq']) {
      await expect(database.pool.query(`update inbox set ${column} = ${column}`)).rejects.toMatchObject(
        DENIED,
      );
    }
    await expect(database.pool.query('delete from inbox')).rejects.toMatchObject(DENIED);
  });

  it('shows another tenant nothing', async () => {
    await inbox.receive(makeInboxMessage());
    const pool = openPool({ url: database.url, tenant: 'other', max: 1 });
    const context = { tenant: 'other', mac: CONTEXT.mac };
    const other = new SqlInbox({ ...context, pool, clock: Date.now, random: randomBytes });
    expect(await other.list({ limit: 10 })).toEqual([]);
    expect(await new SqlInboxQueue(pool, { ...CONTEXT }).waiting(['lakeview'], 10)).toEqual([]);
    await pool.end();
  });
});
