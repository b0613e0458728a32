import { randomBytes, randomUUID } from 'node:crypto';
import { toHex } from '#digest';
import { openPool } from '../pool.js';
import { makeKeyedWrite, shouldBehaveLikeKeyedWriteStore } from '../testing/keyed-write-store.contract.js';
import { makeItem } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import type { SqlLogStore } from '../log/sql-log-store.js';
import type { RowChange } from '../change.js';
import type { KeyedWriteBegun, KeyQuery } from './keyed-write.js';
import { SqlKeyedWriteStore } from './sql-keyed-write-store.js';

const DENIED = { code: '42501' };

const query = (): KeyQuery => ({
  client: randomUUID(),
  key: randomUUID(),
  request: randomBytes(32),
  nowMs: Date.now(),
});

describe('SqlKeyedWriteStore', () => {
  let scene: LogScene;
  let log: SqlLogStore;
  let writes: SqlKeyedWriteStore;

  beforeAll(async () => {
    scene = await LogScene.make();
    log = await scene.start();
    writes = open(1_000);
  }, 120_000);
  beforeEach(() => scene.database.admin('truncate keyed_write'));
  afterAll(() => scene.end());

  const open = (keysPerClient: number): SqlKeyedWriteStore =>
    new SqlKeyedWriteStore({ pool: scene.database.pool, tenant: 'default', mac: scene.mac, keysPerClient });
  const apply = async (...changes: readonly RowChange[]): Promise<{ recordId: string; leaf: string }> => {
    const item = { ...makeItem([]), writes: changes };
    const [seal] = await log.append([item]);
    return { recordId: item.record.op.id, leaf: toHex(seal?.leaf ?? new Uint8Array()) };
  };
  const begun = async (): Promise<KeyedWriteBegun> => {
    const write = makeKeyedWrite(writes, query());
    await apply({ kind: 'keyed-write', write });
    return write;
  };

  shouldBehaveLikeKeyedWriteStore((keysPerClient) =>
    Promise.resolve({ writes: open(keysPerClient), apply: (change) => apply(change) }),
  );

  it('gives a key to one of two requests that come at the same time, and seals that one alone', async () => {
    const asked = query();
    const before = await log.head();
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, asked) })),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version-conflict', details: 'idempotency-key' },
    });
    expect((await log.head()).size).toBe(before.size + 1n);
  });

  it('takes away what expired when the client begins another write, and nothing that is open', async () => {
    const client = randomUUID();
    const [old, open_] = [1, 2].map(() =>
      makeKeyedWrite(writes, { ...query(), client }, { expiresMs: Date.now() - 1 }),
    );
    if (old === undefined || open_ === undefined) throw new Error('two writes');
    const answer = { status: 200, id: randomUUID(), versionId: 'v', reason: undefined };
    await apply({ kind: 'keyed-write', write: old, answer });
    await apply({ kind: 'keyed-write', write: open_ });
    await apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, { ...query(), client }) });
    await expect(writes.get(old.id)).resolves.toBeUndefined();
    await expect(writes.get(open_.id)).resolves.toMatchObject({ state: 'open' });
  });

  it.each([
    ['state', `update keyed_write set state = 'not-written' where id = $1`],
    ['request', `update keyed_write set request = '\\x00' where id = $1`],
    ['target', `update keyed_write set patient = null where id = $1`],
    ['reference', `update keyed_write set id = gen_random_uuid() where id = $1`],
  ])('finds a row whose %s was edited in the database, and lets it hold up no other', async (_what, sql) => {
    const asked = query();
    const write = makeKeyedWrite(writes, asked);
    await apply({ kind: 'keyed-write', write });
    const fine = await begun();
    await scene.database.admin(sql, [write.id]);
    const altered = { code: 'integrity-failure' };
    await expect(writes.standing(asked)).rejects.toMatchObject(altered);
    await expect(apply({ kind: 'keyed-write', write: makeKeyedWrite(writes, asked) })).rejects.toMatchObject(
      altered,
    );
    const at = { openedBeforeMs: Date.now() + 1, nowMs: Date.now() + 1, limit: 5 };
    const unsettled = await writes.unsettled(at);
    expect(unsettled.map(({ id }) => id)).toEqual([fine.id]);
    expect(await scene.findings()).toContainEqual(
      expect.objectContaining({ kind: 'row-altered', table: 'keyed_write' }),
    );
  });

  it('lets the application change what became of a write, and nothing of what it is', async () => {
    await begun();
    for (const column of ['client', 'key', 'request', 'source', 'record_id', 'opened']) {
      await expect(
        scene.database.pool.query(`update keyed_write set ${column} = ${column}`),
      ).rejects.toMatchObject(DENIED);
    }
  });

  it('shows another tenant nothing', async () => {
    const write = await begun();
    const pool = openPool({ url: scene.database.url, tenant: 'other', max: 1 });
    const other = new SqlKeyedWriteStore({ pool, tenant: 'other', mac: scene.mac, keysPerClient: 5 });
    await expect(other.get(write.id)).resolves.toBeUndefined();
    await pool.end();
  });
});
