import { randomUUID } from 'node:crypto';
import { LogScene } from '../../testing/log-scene.js';
import { makeItem, makeSubject, makeWrite } from '../../testing/log-fixture.js';
import type { SampleFinding } from './sample-options.js';
import { StoreSampler } from './store-sampler.js';
import { unheldSessions } from './unheld-sessions.js';

const ALL = 1_000;
const person = randomUUID();
const patient = randomUUID();
const observation = randomUUID();

function samplerOf(scene: LogScene): StoreSampler {
  const { mac, rootKey, policy } = scene.keys;
  const { pool } = scene.database;
  return new StoreSampler({ pool, tenant: 'default', mac, rootKey, policy, random: Math.random });
}

interface Tampering {
  readonly name: string;
  readonly sql: readonly string[];
  readonly finds: Partial<SampleFinding>;
}

const SAMPLED: readonly Tampering[] = [
  {
    name: 'an entry was edited',
    sql: [`update log_leaf set entry = set_byte(entry, 40, get_byte(entry, 40) # 1) where idx = 264`],
    finds: { kind: 'entry-signature-invalid', index: 264n },
  },
  {
    name: 'an entry of a full tile was edited',
    sql: [`update log_leaf set entry = set_byte(entry, 40, get_byte(entry, 40) # 1) where idx = 30`],
    finds: { kind: 'leaf-altered', index: 30n },
  },
  {
    name: 'an entry was taken away',
    sql: [`delete from log_leaf where idx = 3`],
    finds: { kind: 'leaf-missing', index: 3n },
  },
  {
    name: 'a tile was edited',
    sql: [`update log_tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 0`],
    finds: { kind: 'leaf-swapped', index: 0n },
  },
  {
    name: 'a tile of the level above was edited',
    sql: [`update log_tile set hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1) where level = 1`],
    finds: { kind: 'tile-not-included', tile: 1n },
  },
  {
    name: 'a private part was edited',
    sql: [
      `update log_private set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where idx = 3 and part = 'op'`,
    ],
    finds: { kind: 'part-altered', index: 3n, part: 'op' },
  },
  {
    name: 'a private part was replaced by another record’s',
    sql: [
      `update log_private a set sealed = b.sealed from log_private b where a.part = 'sub:0' and b.part = 'sub:0'
       and a.idx = 263 and b.idx = 264`,
    ],
    finds: { kind: 'part-altered', index: 263n, part: 'sub:0' },
  },
  {
    name: 'a key row was taken away',
    sql: [`delete from vault_key where scope like 'person:%'`],
    finds: { kind: 'key-missing', index: 263n, part: 'sub:0' },
  },
  {
    name: 'the bytes of a version were edited',
    sql: [
      `update resource_version set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'final', 'amended'), 'UTF8') where current`,
    ],
    finds: { kind: 'version-altered', id: observation, part: 'bytes' },
  },
  {
    name: 'a security label was taken off',
    sql: [`update resource_version set labels = '{}' where current`],
    finds: { kind: 'version-altered', id: observation, part: 'facts' },
  },
  {
    name: 'an older version was made the current one',
    sql: [
      `update resource_version set current = false where current`,
      `update resource_version set current = true where seq = (select min(seq) from resource_version)`,
    ],
    finds: { kind: 'version-rolled-back', type: 'Observation', id: observation },
  },
  {
    name: 'the newest version was taken away and the older one shown',
    sql: [`delete from resource_version where current`, `update resource_version set current = true`],
    finds: { kind: 'version-rolled-back', type: 'Observation', id: observation },
  },
  {
    name: 'an index row was changed',
    sql: [`update index_token set code = 'other' where param = 'code'`],
    finds: { kind: 'index-altered', id: observation, table: 'index_token' },
  },
  {
    name: 'a link was changed',
    sql: [`update person_link set person = gen_random_uuid()`],
    finds: { kind: 'row-altered', table: 'person_link' },
  },
  {
    name: 'a link was taken away',
    sql: [`delete from person_link`],
    finds: { kind: 'row-missing', table: 'person_link', key: `${patient} ${person}` },
  },
];

const NEWEST: readonly Tampering[] = [
  {
    name: 'a person’s newest row was taken away',
    sql: [`delete from log_subject where subject_seq = 6`],
    finds: { kind: 'subject-gap', person, seq: 6n },
  },
  {
    name: 'a person’s counter was set back',
    sql: [`update subject_counter set next = 3`],
    finds: { kind: 'counter-altered', person },
  },
  {
    name: 'a person’s counter was raised',
    sql: [`update subject_counter set next = next + 1`],
    finds: { kind: 'subject-gap', person, seq: 7n },
  },
  {
    name: 'a gateway’s last number was changed',
    sql: [`update gateway_session set last_seq = last_seq - 1`],
    finds: { kind: 'session-altered' },
  },
  {
    name: 'a record lost a part',
    sql: [`delete from log_private where idx = (select max(idx) from log_leaf) and part = 'request'`],
    finds: { kind: 'part-missing', part: 'request' },
  },
];

describe('StoreSampler', () => {
  let scene: LogScene;
  beforeAll(async () => {
    scene = await LogScene.make();
    const log = await scene.start();
    await log.append([makeWrite({ person, patient, id: observation }, 1)]);
    await log.append([makeWrite({ person, patient, id: observation, linked: true }, 2)]);
    await log.append(Array.from({ length: 260 }, () => makeItem([])));
    for (let turn = 0; turn < 4; turn++) await log.append([makeItem([makeSubject(person)])]);
    await log.close();
    await scene.rest();
  });
  afterAll(() => scene.end());

  const copies: LogScene[] = [];
  const copyOf = async (...statements: readonly string[]): Promise<LogScene> => {
    const copy = await scene.copy();
    copies.push(copy);
    for (const statement of statements) await copy.database.admin(statement);
    return copy;
  };
  afterEach(() => Promise.all(copies.splice(0).map((copy) => copy.end())));

  it('finds nothing where nothing was changed', async () => {
    const copy = await copyOf();
    const sampler = samplerOf(copy);
    expect(await sampler.sample(ALL)).toEqual([]);
    expect(await sampler.sample(3)).toEqual([]);
    expect(await sampler.newest()).toEqual([]);
  });

  it.each(SAMPLED)('names it where $name', async ({ sql, finds }) => {
    expect(await samplerOf(await copyOf(...sql)).sample(ALL)).toContainEqual(expect.objectContaining(finds));
  });

  it.each(NEWEST)('names it among the newest records where $name', async ({ sql, finds }) => {
    expect(await samplerOf(await copyOf(...sql)).newest()).toContainEqual(expect.objectContaining(finds));
  });

  it('stays silent while the log grows and versions are replaced', async () => {
    const copy = await copyOf();
    const log = await copy.start();
    const sampler = samplerOf(copy);
    const writing = Array.from({ length: 30 }, (_, turn) =>
      log.append([makeWrite({ person, patient, id: observation, linked: true }, turn), makeItem([])]),
    );
    const findings: SampleFinding[] = [];
    for (let round = 0; round < 5; round++) {
      findings.push(...(await sampler.sample(40)), ...(await sampler.newest()));
    }
    await Promise.all(writing);
    expect(findings).toEqual([]);
  });

  it('tells sessions that nobody holds from those that run', async () => {
    const copy = await copyOf();
    await copy.start();
    expect(await unheldSessions(copy.database.pool, 'default')).toEqual([]);
    await copy.database.admin(
      `insert into gateway_session (tenant, id, opened, last_seq) values ('default', 'g2/gone', now(), 3)`,
    );
    expect(await unheldSessions(copy.database.pool, 'default')).toEqual(['g2/gone']);
  });
});
