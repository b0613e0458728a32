import { randomBytes, randomUUID } from 'node:crypto';
import type { JsonObject } from '#digest';
import type { LogStore } from '#provenance';
import { HOLDERS_MAX } from '../apply/identifier-holders.js';
import type { RowChange } from '../change.js';
import { deliveryBy, openIntakeScene, STRONG, type IntakeScene } from '../testing/intake-scene.js';
import type { SourceDelivery } from './delivery.js';
import { intakeRecord } from './intake-record.js';

const BORN = '1990-01-02';

function numbered(id: string, value: string, birthDate = BORN): JsonObject {
  return { resourceType: 'Patient', id, birthDate, identifier: [{ system: STRONG, value }] };
}

function delivery(patients: readonly JsonObject[]): SourceDelivery {
  return deliveryBy('north', patients);
}

describe('who is who, of Patients that a source delivers', () => {
  let scene: IntakeScene['scene'];
  let log: IntakeScene['log'];
  let intake: IntakeScene['intake'];
  let rules: IntakeScene['rules'];
  let permit: IntakeScene['permit'];
  let written: readonly RowChange[] = [];
  const watched = (under: LogStore<RowChange>): LogStore<RowChange> => ({
    append: (items) => {
      written = items.flatMap(({ writes }) => writes);
      return under.append(items);
    },
    head: () => under.head(),
    checkpoint: () => under.checkpoint(),
    entries: (...args) => under.entries(...args),
    tile: (...args) => under.tile(...args),
    inclusion: (...args) => under.inclusion(...args),
    consistency: (...args) => under.consistency(...args),
  });
  beforeAll(async () => {
    ({ scene, log, intake, rules, permit } = await openIntakeScene('north', watched));
  }, 120_000);
  afterAll(() => scene.end());

  const send = (...patients: readonly JsonObject[]) => intake.accept(permit, delivery(patients));
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
  });

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
  });
});
