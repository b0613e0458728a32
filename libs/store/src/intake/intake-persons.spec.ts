import { randomBytes, randomUUID } from 'node:crypto';
import { permitSource } from '#consent';
import type { JsonObject } from '#digest';
import { textOf } from '#fhir';
import type { LogStore } from '#provenance';
import { HOLDERS_MAX } from '../apply/identifier-holders.js';
import type { RowChange } from '../change.js';
import { SqlRuleStore } from '../consent/sql-rule-store.js';
import { LogScene } from '../testing/log-scene.js';
import type { SourceDelivery } from './delivery.js';
import { Intake } from './intake.js';
import { intakeRecord } from './intake-record.js';

const STRONG = 'https://registry.example/person-number';
const BORN = '1990-01-02';

function numbered(id: string, value: string, birthDate = BORN): JsonObject {
  return { resourceType: 'Patient', id, birthDate, identifier: [{ system: STRONG, value }] };
}

function delivery(patients: readonly JsonObject[]): SourceDelivery {
  const resources = patients.map((resource) => ({
    type: 'Patient',
    id: textOf(resource, 'id') ?? '',
    resource,
    upstream: 'ab'.repeat(32),
  }));
  return {
    source: 'north',
    patient: undefined,
    resources,
    completeTypes: [],
    pulledTypes: [],
    atMs: 1_000,
  };
}

describe('who is who, of Patients that a source delivers', () => {
  let scene: LogScene;
  let log: Awaited<ReturnType<LogScene['start']>>;
  let intake: Intake;
  let rules: SqlRuleStore;
  let written: readonly RowChange[] = [];
  beforeAll(async () => {
    scene = await LogScene.make();
    log = await scene.start();
    const context = { tenant: 'default', mac: scene.mac };
    const { pool } = scene.database;
    const watched: LogStore<RowChange> = {
      append: (items) => {
        written = items.flatMap(({ writes }) => writes);
        return log.append(items);
      },
      head: () => log.head(),
      checkpoint: () => log.checkpoint(),
      entries: (...args) => log.entries(...args),
      tile: (...args) => log.tile(...args),
      inclusion: (...args) => log.inclusion(...args),
      consistency: (...args) => log.consistency(...args),
    };
    const options = { clock: Date.now, random: randomBytes, strongSystems: [STRONG] };
    intake = new Intake({ ...context, ...options, pool, log: watched });
    rules = new SqlRuleStore(pool, context);
  }, 120_000);
  afterAll(() => scene.end());

  const send = (...patients: readonly JsonObject[]) =>
    intake.accept(permitSource({ source: 'north' }), delivery(patients));
  const personOf = async (id: string) => (await rules.personsOf([id])).get(id) ?? 'nobody';

  /** Binds a key to the person of a Patient. */
  async function bind(patient: string, key: string): Promise<void> {
    const binding = {
      id: randomUUID(),
      patient,
      person: await personOf(patient),
      subject: `0x${randomBytes(32).toString('hex')}`,
      signerHash: `0x${key}`,
      rights: 'self',
      fromMs: 0,
      toMs: undefined,
      evidence: 'two-clerks',
      statement: Buffer.from('statement'),
      signature: Buffer.from('signature'),
    } as const;
    const record = intakeRecord(
      { id: randomUUID(), timeMs: Date.now() },
      { delivery: delivery([]), intaken: [], personOf: new Map(), salt: new Uint8Array(32) },
    );
    await log.append([{ record: { ...record, subjects: [] }, writes: [{ kind: 'binding', binding }] }]);
  }

  it('is not judged again where nothing changed of what tells', async () => {
    const id = randomUUID();
    await send(numbered(id, id));
    expect(written.map(({ kind }) => kind)).toContain('seen');
    const person = await personOf(id);
    await send({ ...numbered(id, id), address: [{ city: 'Springfield' }] });
    expect(written.map(({ kind }) => kind)).toEqual(['version', 'version']);
    expect(await personOf(id)).toBe(person);
  });

  it('is judged again where what is stored was changed in the database, which the source puts right', async () => {
    const id = randomUUID();
    await send(numbered(id, id));
    const altered = `update resource_version set bytes = bytes || '\\x20' where id = $1 and current`;
    await scene.database.admin(altered, [id]);
    await send({ ...numbered(id, id), gender: 'female' });
    expect(written.map(({ kind }) => kind)).toContain('seen');
    const restored = `update resource_version set bytes = substr(bytes, 1, length(bytes) - 1)
      where id = $1 and not current`;
    await scene.database.admin(restored, [id]);
  });

  it('is judged by both where two are corrected at once', async () => {
    const pairs = Array.from({ length: 6 }, () => [randomUUID(), randomUUID()] as const);
    for (const [a, b] of pairs) await send(numbered(a, a, '1980-01-01'), numbered(b, a, '1970-01-01'));
    await Promise.all(pairs.flatMap(([a, b]) => [send(numbered(a, a)), send(numbered(b, a))]));
    for (const [a, b] of pairs) expect(await personOf(a)).toBe(await personOf(b));
  });

  it('says nothing of Patients who share an identifier with too many, and warns', async () => {
    const number = randomUUID();
    const filled = Array.from({ length: HOLDERS_MAX + 1 }, () => randomUUID());
    // Born on as many days: none of them is another one.
    await send(
      ...filled.map((id, n) => numbered(id, number, new Date(n * 86_400_000).toISOString().slice(0, 10))),
    );
    const late = randomUUID();
    const { issues } = await send(numbered(late, number, '1970-01-01'));
    expect(issues).toEqual([
      { severity: 'warning', code: 'identifier-common', type: 'Patient', expression: 'Patient.identifier' },
    ]);
    expect(await personOf(late)).not.toBe(await personOf(filled[0] ?? ''));
    expect((await send(numbered(randomUUID(), randomUUID()))).issues).toEqual([]);
  }, 60_000);

  it('does not hand a person to whoever bound a key to a record that joins her later', async () => {
    const [hers, later, same] = [randomUUID(), randomUUID(), randomUUID()];
    await send(numbered(hers, hers));
    await bind(hers, '01');
    await send(
      { resourceType: 'Patient', id: later, birthDate: BORN },
      { resourceType: 'Patient', id: same },
    );
    await bind(later, '02');
    await bind(same, '01');
    await send(numbered(later, hers), numbered(same, hers));
    expect(await personOf(later)).not.toBe(await personOf(hers));
    expect(await personOf(same)).toBe(await personOf(hers));
  });

  it('leaves nothing that an audit finds', async () => {
    expect(await scene.findings()).toEqual([]);
  }, 60_000);
});
