import { randomUUID } from 'node:crypto';
import { parseStrict, type JsonObject } from '#digest';
import { isObject, textOf } from '#fhir';
import { RecordOpener } from '../log/record-opener.js';
import { deliveryBy, openIntakeScene, STRONG, UPSTREAM, type IntakeScene } from '../testing/intake-scene.js';
import { observation } from '../testing/world-parts.js';
import type { SourceDelivery } from './delivery.js';
import { intakeRecord } from './intake-record.js';
import { payloadCommitment } from './provenance-of.js';

const LINEAGE = {
  digest: UPSTREAM,
  sender: 'LAB|LAKEVIEW',
  converter: { name: 'proviso-v2', version: '1', maps: 'cd'.repeat(32) },
  inboxId: randomUUID(),
};

function patient(id: string, change: JsonObject = {}): JsonObject {
  return { resourceType: 'Patient', id, ...change };
}

function numbered(id: string, number: string, change: JsonObject = {}): JsonObject {
  return patient(id, { identifier: [{ system: STRONG, value: number }], birthDate: '1990-01-02', ...change });
}

/** What a message brought about a patient. */
function message(
  about: string,
  resources: readonly JsonObject[],
  change: Partial<SourceDelivery> = {},
): SourceDelivery {
  const brought = deliveryBy('lakeview', resources, {
    patient: { sourceId: `at-${about}`, id: about },
    lineage: LINEAGE,
    ...change,
  });
  return { ...brought, resources: brought.resources.map((one) => ({ ...one, mode: 'merge' })) };
}

function anyRecord(id: string) {
  return intakeRecord(
    { id: randomUUID(), timeMs: Date.now() },
    { delivery: message(id, []), intaken: [], personOf: new Map(), salt: new Uint8Array(32) },
  );
}

describe('Intake of messages', () => {
  let scene: IntakeScene['scene'];
  let log: IntakeScene['log'];
  let intake: IntakeScene['intake'];
  let rules: IntakeScene['rules'];
  let permit: IntakeScene['permit'];
  beforeAll(async () => {
    ({ scene, log, intake, rules, permit } = await openIntakeScene('lakeview'));
  }, 120_000);
  afterAll(() => scene.end());

  async function merge(from: string, into: string, eventMs = 9_000) {
    return intake.accept(permit, message(into, [patient(into)], { merges: [{ from, into }], eventMs }));
  }

  async function send(resource: JsonObject) {
    return intake.accept(permit, message(textOf(resource, 'id') ?? '', [resource]));
  }

  async function stored(type: string, id: string): Promise<JsonObject> {
    const { rows } = await scene.database.pool.query(
      'select bytes from resource_version where type = $1 and id = $2 and current',
      [type, id],
    );
    const parsed = rows[0] === undefined ? undefined : parseStrict(rows[0].bytes);
    return isObject(parsed) ? parsed : {};
  }

  async function versionsOf(id: string): Promise<number> {
    const { rows } = await scene.database.pool.query(
      'select count(*)::int as n from resource_version where id = $1',
      [id],
    );
    return rows[0].n;
  }

  async function personOf(id: string): Promise<string> {
    return (await rules.personsOf([id])).get(id) ?? 'nobody';
  }

  async function newestRecord() {
    const opener = new RecordOpener(scene.database.pool, 'default', scene.vault());
    const { groups } = await opener.openRecord((await log.head()).size - 1n);
    return groups.map(({ bytes }) => Buffer.from(bytes).toString());
  }

  async function provenanceOf(target: string): Promise<readonly JsonObject[]> {
    const { rows } = await scene.database.pool.query(
      `select bytes from resource_version where type = 'Provenance' and targets = array[$1] order by seq`,
      [target],
    );
    return rows.map(({ bytes }) => {
      const parsed = parseStrict(bytes);
      return isObject(parsed) ? parsed : {};
    });
  }

  it('merges what a message says with what is stored', async () => {
    const id = randomUUID();
    await intake.accept(permit, message(id, [patient(id, { gender: 'female', birthDate: '1990-01-02' })]));
    const [one] = message(id, [patient(id, { birthDate: '1990-01-03' })]).resources;
    if (one === undefined) throw new Error('nothing to send');
    const { versions } = await intake.accept(
      permit,
      message(id, [], { resources: [{ ...one, cleared: ['gender'] }] }),
    );
    expect(versions.map(({ type }) => type)).toEqual(['Patient', 'Provenance']);
    expect(await stored('Patient', id)).toMatchObject({ birthDate: '1990-01-03' });
    expect(await stored('Patient', id)).not.toHaveProperty('gender');
  });

  it('keeps no MessageHeader and no foreign Provenance of a message', async () => {
    const id = randomUUID();
    const { versions } = await intake.accept(
      permit,
      message(id, [
        patient(id),
        { resourceType: 'MessageHeader', id: `${id}-h` },
        { resourceType: 'Provenance', id: `${id}-p`, target: [{ reference: `Patient/${id}` }] },
      ]),
    );
    expect(versions).toHaveLength(2);
    expect(await versionsOf(`${id}-h`)).toBe(0);
    expect(await versionsOf(`${id}-p`)).toBe(0);
  });

  it('leaves newer news as it is, says so, and takes what is of the same instant', async () => {
    const id = randomUUID();
    const at = (eventMs: number, status: string) =>
      intake.accept(permit, message(id, [patient(id), observation(`${id}-o`, id, { status })], { eventMs }));
    await at(5_000, 'final');
    const late = await at(4_000, 'preliminary');
    expect(late.issues).toEqual([
      { severity: 'warning', code: 'late', type: 'Patient', expression: `Patient/${id}` },
      { severity: 'warning', code: 'late', type: 'Observation', expression: `Observation/${id}-o` },
    ]);
    expect(late.versions).toEqual([]);
    expect(await stored('Observation', `${id}-o`)).toMatchObject({ status: 'final' });
    expect((await at(5_000, 'amended')).issues).toEqual([]);
    expect(await stored('Observation', `${id}-o`)).toMatchObject({ status: 'amended' });
  });

  it('remembers news that changed nothing', async () => {
    const id = randomUUID();
    const at = (eventMs: number, gender: string) =>
      intake.accept(permit, message(id, [patient(id, { gender })], { eventMs }));
    await at(1_000, 'female');
    expect((await at(3_000, 'female')).versions).toEqual([]);
    expect((await at(2_000, 'male')).issues).toMatchObject([{ code: 'late' }]);
    expect(await stored('Patient', id)).toMatchObject({ gender: 'female' });
  });

  it('records a message that changes nothing, with all that it came from', async () => {
    const id = randomUUID();
    await intake.accept(permit, message(id, [patient(id)]));
    const size = (await log.head()).size;
    expect((await intake.accept(permit, message(id, [patient(id)]))).versions).toEqual([]);
    expect((await log.head()).size).toBe(size + 1n);
    const texts = (await newestRecord()).join('\n');
    expect(texts).toContain('"method":"MLLP"');
    expect(texts).toContain('"path":"/sources/lakeview"');
    expect(texts).toContain(await personOf(id));
    for (const part of [UPSTREAM, LINEAGE.sender, LINEAGE.inboxId, LINEAGE.converter.maps, '"version":"1"']) {
      expect(texts).toContain(part);
    }
  });

  it('writes a Provenance for each version, whose commitment the record opens', async () => {
    const id = randomUUID();
    await intake.accept(permit, message(id, [patient(id)]));
    const salt =
      /"salt":"(?<hex>[0-9a-f]{64})"/.exec((await newestRecord()).join('\n'))?.groups?.['hex'] ?? '';
    const [made] = await provenanceOf(`Patient/${id}`);
    const commitment = payloadCommitment(Buffer.from(salt, 'hex'), UPSTREAM);
    expect(JSON.stringify(made)).toContain(`urn:hash::sha256:${commitment}`);
    expect(made).toMatchObject({
      target: [{ reference: expect.stringMatching(`^Patient/${id}/_history/`) }],
    });
    await intake.accept(permit, message(id, [patient(id, { gender: 'male' })]));
    expect(await provenanceOf(`Patient/${id}`)).toHaveLength(2);
  });

  describe('that declares two Patients to be one', () => {
    it('retires the one and makes one person of both; the same again changes nothing', async () => {
      const [from, into] = [randomUUID(), randomUUID()];
      await intake.accept(permit, message(from, [numbered(from, 'M-1')]));
      await intake.accept(permit, message(into, [numbered(into, 'M-2', { birthDate: '1980-01-02' })]));
      expect(await personOf(from)).not.toBe(await personOf(into));
      await merge(from, into);
      expect(await stored('Patient', from)).toMatchObject({
        active: false,
        birthDate: '1990-01-02',
        link: [{ other: { reference: `Patient/${into}` }, type: 'replaced-by' }],
      });
      expect(await personOf(from)).toBe(await personOf(into));
      expect((await merge(from, into)).versions).toEqual([]);
    });

    it('holds for a Patient whose messages come later, and older', async () => {
      const [from, into] = [randomUUID(), randomUUID()];
      await merge(from, into);
      expect(await stored('Patient', from)).toMatchObject({ active: false });
      const later = message(from, [patient(from, { active: true, gender: 'female' })], { eventMs: 1_000 });
      expect((await intake.accept(permit, later)).issues).toEqual([]);
      expect(await stored('Patient', from)).toMatchObject({
        active: false,
        gender: 'female',
        link: [{ other: { reference: `Patient/${into}` }, type: 'replaced-by' }],
      });
      expect(await personOf(from)).toBe(await personOf(into));
    });

    it('follows a chain, in any order', async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()];
        for (const step of order) await (step === 0 ? merge(a, b) : merge(b, c));
        const persons = new Set([await personOf(a), await personOf(b), await personOf(c)]);
        expect(persons.size).toBe(1);
        expect(persons.has('nobody')).toBe(false);
      }
    });

    it('turns around', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await merge(a, b);
      await merge(b, a, 10_000);
      expect(await stored('Patient', a)).not.toHaveProperty('active');
      expect(await stored('Patient', b)).toMatchObject({ active: false });
      expect(await personOf(a)).toBe(await personOf(b));
    });
  });

  describe('and who is who', () => {
    it('links a Patient that becomes certain later', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await send(numbered(a, 'I-1'));
      await send(patient(b, { birthDate: '1990-01-02' }));
      expect(await personOf(b)).not.toBe(await personOf(a));
      await send(numbered(b, 'I-1'));
      expect(await personOf(b)).toBe(await personOf(a));
    });

    it('ends a link whose identifier was corrected, and makes it again', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await send(numbered(a, 'I-2'));
      await send(numbered(b, 'I-2'));
      const together = await personOf(a);
      expect(await personOf(b)).toBe(together);
      await send(numbered(b, 'I-3'));
      expect(await personOf(a)).toBe(together);
      expect([together, 'nobody']).not.toContain(await personOf(b));
      await send(numbered(b, 'I-2'));
      expect(await personOf(b)).toBe(await personOf(a));
    });

    it('does not link again whom a person told apart', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await send(numbered(a, 'I-4'));
      await send(numbered(b, 'I-4'));
      const person = randomUUID();
      const atMs = Date.now();
      await log.append([
        {
          record: { ...anyRecord(b), subjects: [] },
          writes: [
            { kind: 'unlink', patient: b, atMs },
            { kind: 'link', patient: b, person, grade: 'certain', atMs },
          ],
        },
      ]);
      await send(numbered(b, 'I-4', { gender: 'male' }));
      await send(numbered(a, 'I-4', { gender: 'male' }));
      expect(await personOf(b)).toBe(person);
      expect(await personOf(a)).not.toBe(person);
    });

    it('makes one person of Patients that come at once', async () => {
      const ids = Array.from({ length: 8 }, () => randomUUID());
      await Promise.all(ids.map((id) => send(numbered(id, 'I-5'))));
      expect(new Set(await Promise.all(ids.map(personOf))).size).toBe(1);
    });

    it('loses nothing of messages about one Patient that come at once', async () => {
      const id = randomUUID();
      await send(patient(id));
      const changes = [
        { gender: 'male' },
        { birthDate: '1990' },
        { active: true },
        { maritalStatus: { text: 'x' } },
      ];
      await Promise.all(changes.map((change) => send(patient(id, change))));
      expect(await stored('Patient', id)).toMatchObject(Object.assign({}, ...changes));
    });
  });

  it('leaves nothing that an audit finds', async () => {
    expect(await scene.findings()).toEqual([]);
  });
});
