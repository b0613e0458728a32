import type { SqlLogStore } from '#store';
import { makeItem } from '../../../../libs/store/src/testing/log-fixture.js';
import type { LogScene } from '../../../../libs/store/src/testing/log-scene.js';
import { checksOfChain } from './checks-of-chain.js';
import { checksOfLog } from './checks-of-log.js';
import { checksOfStore } from './checks-of-store.js';
import type { MonitorFinding } from './finding.js';
import { Integrity } from './integrity.js';
import { Monitor } from './monitor.js';
import { MonitoredScene } from './testing/monitored-scene.js';

const ROUNDS = 2;
const HOUR_MS = 3_600_000;

/** A monitor over a copy of the database, whose rounds the spec makes itself. */
interface Watch {
  readonly found: MonitorFinding[];
  readonly failed: unknown[];
  readonly integrity: Integrity;
  readonly rounds: (count?: number) => Promise<readonly MonitorFinding['kind'][]>;
}

interface Tampering {
  readonly name: string;
  readonly sql: readonly string[];
  readonly finds: Partial<MonitorFinding>;
  readonly stops: boolean;
}

const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'the bytes of a version were edited',
    sql: [
      `update resource_version set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'final', 'amended'), 'UTF8') where current`,
    ],
    finds: { kind: 'version-altered', part: 'bytes' },
    stops: false,
  },
  {
    name: 'a resource was set back to its first version',
    sql: [
      `update resource_version set current = false where current`,
      `update resource_version set current = true where seq = (select min(seq) from resource_version)`,
    ],
    finds: { kind: 'version-rolled-back', type: 'Observation' },
    stops: false,
  },
  {
    name: 'the newest version was taken away and the first one shown',
    sql: [`delete from resource_version where current`, `update resource_version set current = true`],
    finds: { kind: 'version-rolled-back', type: 'Observation' },
    stops: false,
  },
  {
    name: 'a rule was widened',
    sql: [`update consent_rule set classes = null, actors = null`],
    finds: { kind: 'row-altered', table: 'consent_rule' },
    stops: false,
  },
  {
    name: 'a binding was given to another person',
    sql: [`update binding set person = gen_random_uuid()`],
    finds: { kind: 'row-altered', table: 'binding' },
    stops: false,
  },
  {
    name: 'a word was exchanged',
    sql: [`update grant_word set word = word + 1`],
    finds: { kind: 'word-differs' },
    stops: false,
  },
  {
    name: 'a private part was edited',
    sql: [`update log_private set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where idx = 2`],
    finds: { kind: 'part-altered', index: 2n },
    stops: false,
  },
  {
    name: 'a person’s newest row was taken away',
    sql: [`delete from log_subject where subject_seq = (select max(subject_seq) from log_subject)`],
    finds: { kind: 'subject-gap' },
    stops: false,
  },
  {
    name: 'the newest records were taken away, and the head left',
    sql: [`delete from log_leaf where idx >= (select max(size) - 1 from log_anchor)`],
    finds: { kind: 'log-forked', source: 'chain' },
    stops: true,
  },
  {
    name: 'an anchored record was edited',
    sql: [`update log_leaf set entry = set_byte(entry, 40, get_byte(entry, 40) # 1) where idx = 3`],
    finds: { kind: 'log-forked', source: 'chain' },
    stops: true,
  },
  {
    name: 'the newest records and the head that counts them were taken away',
    sql: [
      `update log_head set size = (select max(size) - 1 from log_anchor)`,
      `delete from log_leaf where idx >= (select size from log_head)`,
    ],
    finds: { kind: 'log-rolled-back', source: 'chain' },
    stops: true,
  },
  {
    name: 'the root of the head was exchanged',
    sql: [`update log_head set checkpoint = replace(checkpoint, 'default', 'default2')`],
    finds: { kind: 'checkpoint-invalid' },
    stops: true,
  },
  {
    name: 'the head was taken away',
    sql: [`delete from log_head`],
    finds: { kind: 'head-missing' },
    stops: true,
  },
];

describe('the monitors over a real database and a real chain', () => {
  let monitored: MonitoredScene;
  const copies: LogScene[] = [];
  beforeAll(async () => {
    monitored = await MonitoredScene.make();
  }, 120_000);
  afterEach(() => Promise.all(copies.splice(0).map((copy) => copy.end())));
  afterAll(() => monitored.end());

  const copyOf = async (scene: LogScene): Promise<LogScene> => {
    const copy = await scene.copy();
    copies.push(copy);
    return copy;
  };

  const watch = async (copy: LogScene, stopped: () => void = () => undefined): Promise<Watch> => {
    const found: MonitorFinding[] = [];
    const failed: unknown[] = [];
    const sources = await monitored.sources(copy);
    const integrity = new Integrity({
      raised: (finding) => found.push(finding),
      settled: () => undefined,
      stopped,
    });
    const settings = {
      gateway: 'g1',
      everyMs: 10_000,
      samplePerMinute: 6_000,
      anchorEveryMs: HOUR_MS,
      followerMaxLagMs: HOUR_MS,
      writeOpenMs: 60_000,
      stalenessMs: HOUR_MS,
      ageBy: 'contact' as const,
      clock: Date.now,
    };
    const everywhere = checksOfLog(sources);
    const leading = [...checksOfStore(sources, settings), ...checksOfChain(sources, settings)];
    const monitor = new Monitor({
      everywhere,
      leading,
      lead: async () => undefined,
      integrity,
      everyMs: settings.everyMs,
      report: (_, error) => failed.push(error),
    });
    const rounds = async (count = ROUNDS) => {
      for (let round = 0; round < count; round++) await monitor.round([...everywhere, ...leading]);
      return [...new Set(found.map(({ kind }) => kind))];
    };
    return { found, failed, integrity, rounds };
  };

  /** Changes the chain for one spec: it is as before afterwards. */
  const onFork = async (work: () => Promise<void>): Promise<void> => {
    const before = await monitored.chain.rpc.call('evm_snapshot', []);
    try {
      await work();
    } finally {
      await monitored.chain.rpc.call('evm_revert', [before]);
    }
  };

  it('are silent over an idle system', async () => {
    const { rounds, failed, integrity } = await watch(await copyOf(monitored.scene));
    expect(await rounds(3)).toEqual([]);
    expect(failed).toEqual([]);
    expect(integrity.state()).toEqual({ kind: 'up' });
  });

  it.each(TAMPERINGS)('name it within two rounds where $name', async ({ sql, finds, stops }) => {
    const copy = await copyOf(monitored.scene);
    for (const statement of sql) await copy.database.admin(statement);
    const { rounds, found, integrity } = await watch(copy);
    await rounds();
    expect(found).toContainEqual(expect.objectContaining(finds));
    expect(integrity.isSound).toBe(!stops);
    expect(integrity.state().kind).toBe(stops ? 'down' : 'degraded');
  });

  it('name a backup that was put in the place of the database', async () => {
    const { rounds, found } = await watch(await copyOf(monitored.backup));
    await rounds();
    expect(found).toContainEqual(expect.objectContaining({ kind: 'log-rolled-back', source: 'chain' }));
  });

  it('name a log that was written anew with the same keys', async () => {
    const copy = await copyOf(monitored.backup);
    const log = await copy.start();
    for (let turn = 0; turn < 10; turn++) await log.append([makeItem([])]);
    const { rounds, found } = await watch(copy);
    await rounds();
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'log-forked', source: 'chain' }),
        expect.objectContaining({ kind: 'foreign-anchor' }),
      ]),
    );
  });

  it('name a gateway that vanished', async () => {
    const copy = await copyOf(monitored.scene);
    await copy.database.admin(
      `insert into gateway_session (tenant, id, opened, last_seq) values ('default', 'g2/gone', now(), 3)`,
    );
    const { rounds, found } = await watch(copy);
    await rounds();
    expect(found).toEqual([{ kind: 'gateway-vanished', session: 'g2/gone' }]);
  });

  it('refuse every append once they stopped the log, and so does the start-up gate', async () => {
    const copy = await copyOf(monitored.scene);
    const log: SqlLogStore = await copy.start();
    const { rounds } = await watch(copy, () => log.halt('log-forked'));
    await rounds(1);
    await expect(log.append([makeItem([])])).resolves.toHaveLength(1);
    await copy.database.admin(
      `update log_leaf set entry = set_byte(entry, 40, get_byte(entry, 40) # 1) where idx = 3`,
    );
    await rounds(1);
    await expect(log.append([makeItem([])])).rejects.toMatchObject({ code: 'seal-unavailable', status: 503 });
    await log.close();
    expect(await copy.open()).toMatchObject({ kind: 'refused' });
  });

  it('are silent while the log grows and is anchored', async () => {
    const copy = await copyOf(monitored.scene);
    const log = await copy.start();
    const { rounds, failed } = await watch(copy);
    await onFork(async () => {
      for (let turn = 0; turn < 3; turn++) {
        const writing = Array.from({ length: 20 }, () => log.append([makeItem()]));
        await rounds(1);
        await Promise.all(writing);
        await monitored.anchor(copy, log);
      }
      expect(await rounds()).toEqual([]);
      expect(failed).toEqual([]);
    });
  });

  it('name a head that a thief of the operator’s key anchored', async () => {
    const thief = await (await copyOf(monitored.scene)).start();
    for (let turn = 0; turn < 3; turn++) await thief.append([makeItem([])]);
    const head = await thief.head();
    const { rounds, found } = await watch(await copyOf(monitored.scene));
    await onFork(async () => {
      await monitored.anchorForeign(head, await thief.consistency(await monitored.anchoredSize(), head.size));
      await rounds();
    });
    expect(found).toContainEqual(expect.objectContaining({ kind: 'foreign-anchor', size: head.size }));
    expect(found).toContainEqual(expect.objectContaining({ kind: 'log-rolled-back', known: head.size }));
  });

  it('name a chain that was set back behind a final anchor', async () => {
    const copy = await copyOf(monitored.scene);
    const log = await copy.start();
    const { rounds, found } = await watch(copy);
    await onFork(async () => {
      await log.append([makeItem([])]);
      await monitored.anchor(copy, log);
      expect(await rounds()).toEqual([]);
    });
    await rounds();
    expect(found).toEqual([expect.objectContaining({ kind: 'chain-reset', lost: 'head' })]);
  });
});
