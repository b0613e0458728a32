import { randomBytes, randomUUID } from 'node:crypto';
import { SqlInbox } from '../../inbox/sql-inbox.js';
import { makeInboxMessage } from '../../testing/inbox.contract.js';
import { LogScene } from '../../testing/log-scene.js';
import { makeItem, makeSubject, makeWrite } from '../../testing/log-fixture.js';
import type { AuditFinding } from './finding.js';

const person = randomUUID();
const patient = randomUUID();
const observation = randomUUID();
const kindsOf = (findings: readonly AuditFinding[]): string[] => [
  ...new Set(findings.map(({ kind }) => kind)),
];

/** A log of nine records: open, two versions of an Observation, four accesses about one person, two about nobody, close. */
async function filledScene(): Promise<LogScene> {
  const scene = await LogScene.make();
  const log = await scene.start();
  await log.append([makeWrite({ person, patient, id: observation }, 1)]);
  await log.append([makeWrite({ person, patient, id: observation, linked: true }, 2)]);
  for (let turn = 0; turn < 4; turn++) await log.append([makeItem([makeSubject(person)])]);
  await log.append([makeItem([]), makeItem([])]);
  await log.close();
  const { database, mac } = scene;
  const clock = Date.now;
  const inbox = new SqlInbox({ tenant: 'default', mac, pool: database.pool, clock, random: randomBytes });
  await inbox.receive(makeInboxMessage());
  await scene.rest();
  return scene;
}

interface Tampering {
  readonly name: string;
  readonly sql: readonly string[];
  readonly finds: readonly Partial<AuditFinding>[];
}

const LOG: readonly Tampering[] = [
  {
    name: 'an entry was edited',
    sql: [`update log_leaf set entry = set_byte(entry, 40, get_byte(entry, 40) # 1) where idx = 3`],
    finds: [
      { kind: 'root-mismatch', size: 10n },
      { kind: 'leaf-altered', index: 3n },
    ],
  },
  {
    name: 'an entry was taken away',
    sql: [`delete from log_leaf where idx = 3`],
    finds: [
      { kind: 'root-mismatch', size: 10n },
      { kind: 'leaf-missing', index: 3n },
    ],
  },
  {
    name: 'two entries changed places',
    sql: [
      `alter table log_leaf drop constraint log_leaf_pkey`,
      `update log_leaf set idx = 7 - idx where idx in (3, 4)`,
    ],
    finds: [
      { kind: 'root-mismatch', size: 10n },
      { kind: 'part-altered', index: 3n },
      { kind: 'part-altered', index: 4n },
    ],
  },
  {
    name: 'two records changed places with their parts',
    sql: [
      `alter table log_leaf drop constraint log_leaf_pkey`,
      `alter table log_private drop constraint log_private_pkey`,
      `update log_leaf set idx = 7 - idx where idx in (3, 4)`,
      `update log_private set idx = 7 - idx where idx in (3, 4)`,
      `update log_subject set idx = 7 - idx where idx in (3, 4)`,
    ],
    finds: [
      { kind: 'root-mismatch', size: 10n },
      { kind: 'leaf-swapped', index: 4n },
    ],
  },
  {
    name: 'an entry was put in at the end',
    sql: [
      `insert into log_leaf (tenant, idx, record_id, entry)
       select tenant, 10, gen_random_uuid(), entry from log_leaf where idx = 3`,
    ],
    finds: [{ kind: 'leaf-inserted', index: 10n }],
  },
  {
    name: 'the last entries were cut off',
    sql: [`delete from log_leaf where idx >= 8`],
    finds: [
      { kind: 'leaf-missing', index: 8n },
      { kind: 'leaf-missing', index: 9n },
    ],
  },
  {
    name: 'the stored root was changed',
    sql: [`update log_head set root = sha256('other')`],
    finds: [{ kind: 'checkpoint-invalid' }, { kind: 'root-mismatch', size: 10n }],
  },
  {
    name: 'the head was taken away',
    sql: [`delete from log_head`],
    finds: [
      { kind: 'head-missing' },
      { kind: 'log-rolled-back', source: 'high-water', known: 10n, stored: 0n },
    ],
  },
  {
    name: 'a private part was edited',
    sql: [
      `update log_private set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where idx = 3 and part = 'op'`,
    ],
    finds: [{ kind: 'part-altered', index: 3n, part: 'op' }],
  },
  {
    name: 'a private part was replaced by another record’s',
    sql: [
      `update log_private a set sealed = b.sealed from log_private b where a.part = 'sub:0' and b.part = 'sub:0'
       and a.idx = 3 and b.idx = 4`,
    ],
    finds: [{ kind: 'part-altered', index: 3n, part: 'sub:0' }],
  },
  {
    name: 'the request part of a record was taken away',
    sql: [`delete from log_private where idx = 3 and part = 'request'`],
    finds: [{ kind: 'part-missing', index: 3n, part: 'request' }],
  },
  {
    name: 'a person’s part of a record was taken away',
    sql: [`delete from log_private where idx = 3 and part = 'sub:0'`],
    finds: [{ kind: 'part-missing', index: 3n, part: 'sub' }],
  },
  {
    name: 'a key row was taken away',
    sql: [`delete from vault_key where scope like 'person:%'`],
    finds: [{ kind: 'key-missing', index: 3n, part: 'sub:0' }],
  },
  {
    name: 'a key was destroyed without a notice',
    sql: [`update vault_key set wrapped = null, destroyed = now() where scope like 'person:%'`],
    finds: [{ kind: 'key-destroyed-without-notice', records: 6 }],
  },
  {
    name: 'a person’s row was taken away',
    sql: [`delete from log_subject where subject_seq = 3`],
    finds: [
      { kind: 'subject-row-altered', index: 3n },
      { kind: 'subject-gap', person, seq: 3n },
    ],
  },
  {
    name: 'a person’s last row and counter were set back',
    sql: [`delete from log_subject where subject_seq = 6`, `update subject_counter set next = 6`],
    finds: [{ kind: 'subject-row-altered', index: 6n }],
  },
  {
    name: 'a person’s counter was raised',
    sql: [`update subject_counter set next = next + 1`],
    finds: [{ kind: 'counter-altered', person }],
  },
  {
    name: 'a gateway’s last number was changed',
    sql: [`update gateway_session set last_seq = last_seq - 1`],
    finds: [{ kind: 'session-altered' }],
  },
];

const STORE: readonly Tampering[] = [
  {
    name: 'the bytes of a version were edited',
    sql: [
      `update resource_version set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'final', 'amended'), 'UTF8') where current`,
    ],
    finds: [
      { kind: 'version-altered', id: observation, part: 'bytes' },
      { kind: 'version-altered', id: observation, part: 'canon' },
    ],
  },
  {
    name: 'a security label was taken off',
    sql: [`update resource_version set labels = '{}' where current`],
    finds: [{ kind: 'version-altered', id: observation, part: 'facts' }],
  },
  {
    name: 'a version was given to another patient',
    sql: [`update version_patient set patient = 'p2'`],
    finds: [{ kind: 'version-altered', id: observation, part: 'facts' }],
  },
  {
    name: 'an older version was made the current one',
    sql: [
      `update resource_version set current = false where current`,
      `update resource_version set current = true where seq = (select min(seq) from resource_version)`,
    ],
    finds: [{ kind: 'version-rolled-back', type: 'Observation', id: observation }],
  },
  {
    name: 'the newest version was taken away and the older one shown',
    sql: [`delete from resource_version where current`, `update resource_version set current = true`],
    finds: [
      { kind: 'version-missing', id: observation, index: 2n },
      { kind: 'version-rolled-back', id: observation },
    ],
  },
  {
    name: 'a resource was taken away whole',
    sql: [`delete from resource_version`],
    finds: [
      { kind: 'version-missing', index: 1n },
      { kind: 'version-missing', index: 2n },
    ],
  },
  {
    name: 'an index row was changed',
    sql: [`update index_token set code = 'other' where param = 'code'`],
    finds: [{ kind: 'index-altered', id: observation, table: 'index_token' }],
  },
  {
    name: 'an index row was taken away',
    sql: [`delete from index_date`],
    finds: [{ kind: 'index-altered', id: observation, table: 'index_date' }],
  },
  {
    name: 'a link was changed',
    sql: [`update person_link set person = gen_random_uuid()`],
    finds: [{ kind: 'row-altered', table: 'person_link' }],
  },
  {
    name: 'a received message was edited',
    sql: [`update inbox set bytes = bytes || '\\x0d'`],
    finds: [{ kind: 'row-altered', table: 'inbox' }],
  },
  {
    name: 'a link was taken away',
    sql: [`delete from person_link`],
    finds: [{ kind: 'row-missing', table: 'person_link', key: `${patient} ${person}` }],
  },
];

describe('auditDatabase', () => {
  let scene: LogScene;
  beforeAll(async () => {
    scene = await filledScene();
  });
  afterAll(() => scene.end());

  it('finds nothing where nothing was changed', async () => {
    expect(await scene.findings()).toEqual([]);
  });

  it.each([...LOG, ...STORE])('names it where $name', async ({ sql, finds }) => {
    const copy = await scene.copy();
    for (const statement of sql) await copy.database.admin(statement);
    const findings = await copy.findings();
    for (const expected of finds) expect(findings).toContainEqual(expect.objectContaining(expected));
    await copy.end();
  });

  it('finds a whole database set back by the high-water file, an anchor, or the head that a chain holds', async () => {
    const copy = await scene.copy();
    const root = Buffer.alloc(32, 7);
    expect(kindsOf(await copy.findings([{ source: 'chain', size: 11n, root }]))).toEqual(['log-rolled-back']);
    expect(kindsOf(await copy.findings([{ source: 'chain', size: 5n, root }]))).toEqual(['log-forked']);
    await copy.end();
  });

  it('finds every entry unsigned under a policy of other keys', async () => {
    const stranger = await scene.copy(LogScene.strangersKeys(scene.keys));
    const findings = await stranger.findings();
    expect(findings.filter(({ kind }) => kind === 'entry-signature-invalid')).toHaveLength(10);
    expect(findings).toContainEqual({ kind: 'checkpoint-invalid' });
    await stranger.end();
  });
});
