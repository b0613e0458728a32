import { randomUUID } from 'node:crypto';
import { GatewayError } from '#outcome';
import type { AppendItem, Seal } from '#provenance';
import { applyChanges } from '../apply/apply-changes.js';
import type { RowChange } from '../change.js';
import { BreakablePool } from '../testing/breakable-pool.js';
import { makeItem, makeSubject, makeWrite } from '../testing/log-fixture.js';
import { LogScene } from '../testing/log-scene.js';
import { SqlKeyVault } from './sql-key-vault.js';
import type { SqlLogStore } from './sql-log-store.js';

const unavailable = { code: 'seal-unavailable' };

const write = (): AppendItem<RowChange> =>
  makeWrite({ person: randomUUID(), patient: randomUUID(), id: randomUUID() });

const appendEach = (log: SqlLogStore, items: readonly AppendItem<RowChange>[]): Promise<Seal[]> =>
  Promise.all(items.map((item) => log.append([item]))).then((seals) => seals.flat());

const fill = async (log: SqlLogStore, count: number): Promise<void> => {
  await log.append(Array.from({ length: count }, () => makeItem([])));
};

describe('SqlLogStore under faults', () => {
  let scene: LogScene;
  let breakable: BreakablePool;
  beforeEach(async () => {
    scene = await LogScene.make();
    breakable = new BreakablePool(scene.database);
  });
  afterEach(async () => {
    breakable.unbreak();
    await scene.rest();
    await breakable.pool.end();
    await scene.end();
  });

  const start = (changes: object = {}): Promise<SqlLogStore> =>
    scene.start({ pool: breakable.pool, ...changes });
  const expectWhole = async (log: SqlLogStore, records: bigint): Promise<void> => {
    expect((await log.head()).size).toBe(records);
    await log.close();
    expect(await scene.findings()).toEqual([]);
  };

  it.each(
    ['begin', 'log-counters', 'log-head', 'log-write', 'commit'].flatMap((statement) =>
      (['before', 'after'] as const).map((reach) => ({ statement, reach })),
    ),
  )(
    'appends each record once where the connection is cut $reach $statement',
    async ({ statement, reach }) => {
      const log = await start();
      await log.append([write()]);
      breakable.breakAt(statement, reach, 2);
      const seals = await appendEach(log, [write(), write(), makeItem([]), write()]);
      expect(new Set(seals.map(({ index }) => index)).size).toBe(4);
      await expectWhole(log, 6n);
      expect(scene.incidents).toEqual([]);
    },
  );

  it('leaves all out that were overtaken, at once, and writes the others', async () => {
    const commits: number[] = [];
    const log = await start({ changed: (changes: number) => commits.push(changes) });
    const id = randomUUID();
    const first = (): AppendItem<RowChange> => {
      const item = makeWrite({ person: randomUUID(), patient: randomUUID(), id });
      return {
        ...item,
        writes: item.writes.map((one) => (one.kind === 'version' ? { ...one, replaces: null } : one)),
      };
    };
    const units = [write(), first(), ...Array.from({ length: 9 }, first), write()];
    const ended = await Promise.allSettled(units.map((item) => log.append([item])));
    expect(ended.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      ...Array.from({ length: 9 }, () => 'rejected'),
      'fulfilled',
    ]);
    expect(ended[2]).toMatchObject({ reason: { code: 'version-conflict' } });
    // the session's beginning, and one batch of three records with two changes each
    expect(commits).toEqual([0, 6]);
    await expectWhole(log, 4n);
  });

  it('tells of a failure that was persisted, and gives the record’s seal to who tries again', async () => {
    const log = await start({ patienceMs: 0 });
    const item = write();
    breakable.breakAt('commit', 'after');
    await expect(log.append([item])).rejects.toMatchObject(unavailable);
    const [others, again] = await Promise.all([appendEach(log, [write(), write()]), log.append([item])]);
    expect(again[0]?.index).toBe(1n);
    expect(others.map(({ index }) => index)).toEqual([2n, 3n]);
    await expectWhole(log, 4n);
  });

  it('refuses while the database stays away, and appends the same records when it is back', async () => {
    const log = await start({ patienceMs: 30 });
    const items = [write(), write()];
    breakable.breakAt('begin', 'before', 10_000);
    for (const item of items) await expect(log.append([item])).rejects.toMatchObject(unavailable);
    breakable.unbreak();
    expect(await appendEach(log, items)).toHaveLength(2);
    await expectWhole(log, 3n);
  });

  it('lets one item fail alone where its row changes are refused', async () => {
    const log = await start();
    const [person, patient] = [randomUUID(), randomUUID()];
    const first = makeWrite({ person, patient, id: randomUUID() });
    const clash = makeWrite({ person: randomUUID(), patient, id: randomUUID() });
    const items = [write(), first, write(), clash, write(), write(), write()];
    const outcomes = await Promise.allSettled(items.map((item) => log.append([item])));
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(items.map((item) => item !== clash));
    expect(outcomes[3]).toMatchObject({ reason: { code: 'version-conflict' } });
    await expectWhole(log, 7n);
  });

  it('lets a write fail alone that was judged by rules which a record before it changes', async () => {
    const log = await start();
    const person = randomUUID();
    await log.append([makeWrite({ person, patient: randomUUID(), id: randomUUID() })]);
    const judged = (): AppendItem<RowChange> => {
      const item = write();
      return {
        ...item,
        writes: [{ kind: 'rules-seen', persons: [{ person, version: 1n }] }, ...item.writes],
      };
    };
    const changing = makeWrite({ person, patient: randomUUID(), id: randomUUID() });
    const items = [judged(), changing, write(), judged(), write()];
    const outcomes = await Promise.allSettled(items.map((item) => log.append([item])));
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, true]);
    expect(outcomes[3]).toMatchObject({ reason: { code: 'version-conflict', details: 'rules' } });
    await expectWhole(log, 6n);
  });

  it('lets one item fail alone where the server refuses a row', async () => {
    const log = await start({
      apply: (client: Parameters<typeof applyChanges>[0], items: Parameters<typeof applyChanges>[2]) => {
        const bad = items.some(({ writes }) => writes.some(({ kind }) => kind === 'unlink'));
        if (bad) return client.query('insert into log_head (tenant) values (null)').then(() => undefined);
        return applyChanges(client, { tenant: 'default', mac: scene.keys.mac }, items);
      },
    });
    const bad: AppendItem<RowChange> = { ...makeItem(), writes: [{ kind: 'unlink', patient: 'p', atMs: 0 }] };
    const items = [write(), bad, write(), write()];
    const outcomes = await Promise.allSettled(items.map((item) => log.append([item])));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: '42501' } });
    await expectWhole(log, 4n);
  });

  it('fails all items of one append together', async () => {
    const log = await start();
    const patient = randomUUID();
    const clash = [randomUUID(), randomUUID()].map((person) =>
      makeWrite({ person, patient, id: randomUUID() }),
    );
    await expect(log.append(clash)).rejects.toMatchObject({ code: 'version-conflict' });
    await expectWhole(log, 1n);
  });

  it('lets one item fail alone where its part cannot be encrypted', async () => {
    const vault = scene.vault(breakable.pool);
    const person = randomUUID();
    const wrap: SqlKeyVault['wrap'] = async (scope, plain, aad) => {
      if (scope.kind === 'person' && scope.person === person) throw new GatewayError('integrity-failure');
      return vault.wrap(scope, plain, aad);
    };
    const log = await start({ vault: { wrap } });
    const bad = log.append([makeItem([makeSubject(person)])]);
    const good = appendEach(log, [write(), write()]);
    await expect(bad).rejects.toMatchObject({ code: 'integrity-failure' });
    expect(await good).toHaveLength(2);
    await expectWhole(log, 3n);
  });

  it('tries a batch again that met a deadlock', async () => {
    let deadlocks = 2;
    const log = await start({
      apply: async () => {
        if (deadlocks-- > 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      },
    });
    await expect(log.append([write()])).resolves.toHaveLength(1);
    expect(deadlocks).toBe(-1);
  });

  it('appends in parallel from two gateways, about the same persons', async () => {
    const [one, other] = await Promise.all([start(), scene.start({ gateway: 'g2' })]);
    const persons = Array.from({ length: 5 }, () => randomUUID());
    const access = (): AppendItem<RowChange> =>
      makeItem(persons.toSorted(() => Math.random() - 0.5).map(makeSubject));
    const rounds = Array.from({ length: 20 }, () => [one, other]).flat();
    const seals: Seal[] = [];
    await Promise.all(
      [0, 1, 2].map(async () => {
        for (const log of rounds) seals.push(...(await log.append([access(), access()])));
      }),
    );
    expect(new Set(seals.map(({ index }) => index)).size).toBe(240);
    expect(scene.incidents).toEqual([]);
    await other.close();
    await expectWhole(one, 243n);
  });

  it('refuses what exceeds the queue, and goes on with what waits', async () => {
    const log = await start({ maxBatch: 10, maxWaiting: 0 });
    const outcomes = await Promise.allSettled(Array.from({ length: 700 }, () => log.append([makeItem([])])));
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    for (const each of refused)
      expect(each).toMatchObject({ reason: { code: 'overloaded', retryAfterS: 1 } });
    await expectWhole(log, BigInt(701 - refused.length));
  });
});

describe('SqlLogStore over a changed log', () => {
  let scene: LogScene;
  beforeEach(async () => {
    scene = await LogScene.make();
  });
  afterEach(() => scene.end());

  it('stops where the head fell behind what this process saw', async () => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.database.admin('update log_head set size = 2');
    await expect(log.append([makeItem()])).rejects.toMatchObject(unavailable);
    expect(scene.incidents).toEqual([{ kind: 'log-rolled-back', seen: 4n, stored: 2n }]);
    await scene.database.admin('update log_head set size = 4');
    await expect(log.append([makeItem()])).rejects.toMatchObject(unavailable);
    expect(scene.incidents).toHaveLength(1);
  });

  it('stops where the head does not continue what this process saw', async () => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.database.admin(`update log_head set root = sha256('other')`);
    await expect(log.append([makeItem()])).rejects.toMatchObject(unavailable);
    expect(scene.incidents).toEqual([{ kind: 'log-forked', seen: 4n, stored: 4n }]);
  });

  it('stops where another process appended to another log', async () => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.database.admin(
      `insert into log_leaf (tenant, idx, record_id, entry)
       select tenant, 4, gen_random_uuid(), entry from log_leaf where idx = 1`,
    );
    await scene.database.admin('update log_head set size = 5');
    await expect(log.append([makeItem()])).rejects.toMatchObject(unavailable);
    expect(scene.incidents).toEqual([{ kind: 'log-forked', seen: 4n, stored: 5n }]);
  });

  it('names at the next start a gateway that vanished, once', async () => {
    const gone = await scene.start();
    await fill(gone, 4);
    await scene.database.admin(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    const next = await scene.start({ gateway: 'g2' });
    expect(scene.incidents).toMatchObject([{ kind: 'session-vanished', lastSeq: 5n }]);
    expect((await next.head()).size).toBe(7n);
    await scene.start({ gateway: 'g3' });
    expect(scene.incidents).toHaveLength(1);
    // The gateway was not dead after all: it finds its session closed, and begins another.
    await fill(gone, 2);
    expect(scene.incidents[1]).toMatchObject({ kind: 'session-lost' });
    await scene.rest();
    expect(await scene.findings()).toEqual([]);
  });

  it('takes no living gateway for one that vanished', async () => {
    await Promise.all(['g1', 'g2', 'g3'].map((gateway) => scene.start({ gateway })));
    expect(scene.incidents).toEqual([]);
  });

  it('does not start on a database that was set back', async () => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.rest();
    const copy = await scene.copy();
    const later = await copy.start();
    await fill(later, 3);
    await copy.rest();
    const restored = await scene.copy();
    const behind = await restored.open({ highWaterPath: copy.highWaterPath });
    expect(behind).toEqual({
      kind: 'refused',
      faults: [{ kind: 'log-rolled-back', source: 'high-water', known: 10n, stored: 5n }],
    });
    await Promise.all([copy.end(), restored.end()]);
  });

  it('does not start on another branch of its log', async () => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.rest();
    const branches = await Promise.all([scene.copy(), scene.copy()]);
    for (const branch of branches) {
      await fill(await branch.start(), 3);
      await branch.rest();
    }
    const [one, other] = branches;
    const restored = await one?.copy();
    const opened = await restored?.open({ highWaterPath: other?.highWaterPath ?? '' });
    expect(opened).toEqual({
      kind: 'refused',
      faults: [{ kind: 'log-forked', source: 'high-water', size: 10n }],
    });
    await restored?.end();
    await Promise.all(branches.map((branch) => branch.end()));
  });

  it.each([
    ['leaf-altered', `update log_leaf set entry = set_byte(entry, 9, get_byte(entry, 9) # 1) where idx = 2`],
    ['leaf-missing', 'delete from log_leaf where idx >= 3'],
    ['head-missing', 'delete from log_head'],
    ['checkpoint-invalid', `update log_head set checkpoint = replace(checkpoint, 'default', 'other')`],
    ['root-mismatch', `update log_head set frontier = '\\x00' where tenant = 'default'`],
    ['origin-mismatch', `update log_head set origin = 'other'`],
  ])('does not start on a log with a fault: %s', async (kind, sql) => {
    const log = await scene.start();
    await fill(log, 3);
    await scene.rest();
    await scene.database.admin(sql);
    const opened = await scene.open();
    expect(opened).toMatchObject({
      kind: 'refused',
      faults: expect.arrayContaining([expect.objectContaining({ kind })]),
    });
  });

  it('does not start where acknowledged records could be lost', async () => {
    await scene.database.admin(
      'alter database :db set synchronous_commit = off'.replace(
        ':db',
        new URL(scene.database.url).pathname.slice(1),
      ),
    );
    expect(await scene.open()).toEqual({
      kind: 'refused',
      faults: [{ kind: 'unsafe-setting', setting: 'synchronous_commit' }],
    });
  });
});
