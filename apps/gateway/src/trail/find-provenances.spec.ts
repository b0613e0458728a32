import { permitSource } from '#consent';
import { parseStrict, uuidv7, type JsonObject } from '#digest';
import { auditEvent, isObject, loggedProvenance, validateResource } from '#fhir';
import { ENTRY_CLASS, provenanceId, recordedAccess, type SubjectDraft } from '#provenance';
import {
  ACCESS_INDEX,
  AccessIndexWriter,
  RecordOpener,
  SqlAccessIndex,
  SqlFollowerPositions,
  SqlLinkStore,
} from '#store';
import { makeRecord, makeSubject } from '../../../../libs/store/src/testing/log-fixture.js';
import {
  deliveryBy,
  openIntakeScene,
  type IntakeScene,
} from '../../../../libs/store/src/testing/intake-scene.js';
import { observation, searchOf } from '../../../../libs/store/src/testing/world-parts.js';
import { findProvenance, type ProvenanceParts } from './find-provenances.js';
import { findAsked } from './look-up-provenances.js';
import { madeProvenances } from './made-provenances.js';
import { provenanceQuestion, writePlace } from './provenance-look.js';

const ORIGIN = 'gateway.test/log/default';
const CONTENT = 'told in confidence';
const [ANNA, BERT] = [crypto.randomUUID(), crypto.randomUUID()];

function patient(id: string): JsonObject {
  return { resourceType: 'Patient', id, birthDate: '1990-01-02' };
}

/** What a source gives out as Provenance: it may hold anything. */
function delivered(id: string, target: string): JsonObject {
  return {
    resourceType: 'Provenance',
    id,
    target: [{ reference: target }],
    recorded: '2026-01-01T00:00:00Z',
    agent: [{ who: { display: CONTENT } }],
  };
}

describe('Provenances of the trail', () => {
  let world: IntakeScene;
  let parts: ProvenanceParts;
  let records: RecordOpener;
  const theirs = crypto.randomUUID();

  beforeAll(async () => {
    world = await openIntakeScene('north');
    const { pool } = world.scene.database;
    const context = { tenant: 'default', mac: world.scene.mac };
    records = new RecordOpener(pool, 'default', world.scene.vault());
    parts = {
      records,
      accesses: new SqlAccessIndex(pool, context, Date.now),
      links: new SqlLinkStore(pool, context),
    };
    const shared = observation('shared', ANNA, { performer: [{ reference: `Patient/${BERT}` }] });
    await world.intake.accept(world.permit, deliveryBy('north', [patient(ANNA), patient(BERT), shared]));
    const own = [observation('anna-1', ANNA), delivered(theirs, `Patient/${ANNA}`)];
    await world.intake.accept(world.permit, deliveryBy('north', own));
    const south = permitSource({ source: 'south' });
    await world.intake.accept(south, deliveryBy('south', [observation('bert-1', BERT)]));
    await world.intake.accept(
      world.permit,
      deliveryBy('north', [observation('anna-1', ANNA, { status: 'amended' })]),
    );
    await follow();
  }, 120_000);
  afterAll(() => world.scene.end());

  /** What a runner of followers does. */
  async function follow(): Promise<void> {
    const { database, mac } = world.scene;
    const positions = new SqlFollowerPositions(database.pool, 'default');
    const [from, { size }] = [await positions.position(ACCESS_INDEX), await world.log.head()];
    const batch = await records.openRange(from, size);
    await new AccessIndexWriter({ tenant: 'default', mac }).handle(batch, database.pool);
    await positions.advance(ACCESS_INDEX, from, size);
  }

  const search = async (query: string) =>
    findAsked(await provenanceQuestion(searchOf('Provenance', query), parts), parts);
  const targetsOf = async (query: string) =>
    (await search(query)).shown.map(({ target: { type, id } }) => `${type}/${id}`);

  /** Bytes of what is stored, by id. */
  async function stored(id: string): Promise<JsonObject> {
    const { rows } = await world.scene.database.pool.query<{ bytes: Buffer }>(
      `select bytes from resource_version where type = 'Provenance' and id = $1 and current`,
      [id],
    );
    const value = parseStrict(rows[0]?.bytes ?? Buffer.alloc(0));
    return isObject(value) ? value : {};
  }

  it('are all that were made here, newest first, each once, and none that a source delivered', async () => {
    expect(await targetsOf('')).toEqual([
      'Observation/anna-1',
      'Observation/bert-1',
      'Observation/anna-1',
      'Observation/shared',
      `Patient/${BERT}`,
      `Patient/${ANNA}`,
    ]);
    expect(await targetsOf(`patient=${BERT}`)).toEqual([
      'Observation/bert-1',
      'Observation/shared',
      `Patient/${BERT}`,
    ]);
  });

  it('are found by target, by patient and by id, all of which must fit', async () => {
    expect(await targetsOf('target=Observation/anna-1')).toHaveLength(2);
    expect(await targetsOf('target=Observation/anna-1,Observation/shared')).toHaveLength(3);
    expect(await targetsOf(`target=Observation/shared&patient=${BERT}`)).toEqual(['Observation/shared']);
    expect(await targetsOf(`target=Observation/anna-1&patient=${BERT}`)).toEqual([]);
    const [made] = (await search(`target=Observation/shared`)).shown;
    expect(await targetsOf(`_id=${made?.id ?? ''},${theirs}`)).toEqual(['Observation/shared']);
    expect(await targetsOf(`_id=${made?.id ?? ''}&target=Observation/anna-1`)).toEqual([]);
    expect(await targetsOf(`patient=${crypto.randomUUID()}`)).toEqual([]);
    expect(await targetsOf(`target=Provenance/${theirs}`)).toEqual([]);
  });

  it.each(['', `patient=${ANNA}`, `patient=${ANNA},${BERT}`, 'target=Observation/anna-1'])(
    'come in pages that are the whole: %s',
    async (query) => {
      const whole = (await search(query)).shown.map(({ id }) => id);
      const walked: string[] = [];
      let cursor = '';
      do {
        // oxlint-disable-next-line no-await-in-loop -- one page after the other
        const { shown, next } = await search(`${query}&_count=1${cursor}`);
        walked.push(...shown.map(({ id }) => id));
        cursor = next === undefined ? '' : `&_cursor=${writePlace(next)}`;
      } while (cursor !== '' && walked.length <= whole.length);
      expect(walked).toEqual(whole);
    },
  );

  it('say what the stored one says of the version, and less', async () => {
    const { shown } = await search('');
    for (const made of shown) {
      const said = loggedProvenance(made, ORIGIN);
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const whole = await stored(made.id);
      expect(validateResource(said)).toEqual([]);
      expect(said['target']).toEqual(whole['target']);
      expect(said['meta']).toMatchObject({ versionId: made.versionId });
      expect(whole).toMatchObject({ agent: said['agent'], recorded: said['recorded'] });
    }
  });

  it('say nothing that the AuditEvent of each person concerned does not say', async () => {
    const { shown } = await search('');
    for (const made of shown) {
      for (const access of made.accesses) {
        const event = JSON.stringify(auditEvent(access, { id: 'e', origin: ORIGIN }));
        for (const word of [made.id, made.versionId, made.time, `#${made.index}"`, made.author.name]) {
          expect(event).toContain(word);
        }
        expect(event).toContain(`${made.target.type}/${made.target.id}/_history/${made.target.versionId}`);
      }
    }
  });

  it('concern everybody whose record they are of, whoever was asked for', async () => {
    const [made] = (await search(`target=Observation/shared&patient=${ANNA}`)).shown;
    expect(new Set(made?.accesses.map(({ person }) => person)).size).toBe(2);
  });

  it('are found one by one, however often they were read since', async () => {
    const [made] = (await search('target=Observation/bert-1')).shown;
    const { id = '', versionId = '' } = made ?? {};
    const person = made?.accesses[0]?.person ?? '';
    const read = { ...makeSubject(person), content: itemsOf(id, versionId) };
    const reads = Array.from({ length: 60 }, () => ({ record: makeRecord([read]), writes: [] }));
    await world.log.append(reads);
    await follow();
    expect((await findProvenance(id, parts)).made).toEqual(made);
    expect((await search('target=Observation/bert-1')).shown).toEqual([made]);
  });

  it('leave out one that a source delivered, and tell whom it concerns', async () => {
    const { made, accesses } = await findProvenance(theirs, parts);
    expect(made).toBeUndefined();
    expect(accesses).toHaveLength(1);
    expect(await findProvenance(crypto.randomUUID(), parts)).toEqual({ made: undefined, accesses: [] });
  });

  it('are those of writes too, and of no read, refusal or record whose actor is forgotten', async () => {
    const version = { type: 'Observation', id: 'w', versionId: 'v1' };
    const id = provenanceId('app-writer', version);
    const items = [...itemsOf(id, 'p1'), { ...version, canon: Buffer.alloc(32) }];
    const said = async (change: Change) => madeOf(await sealed(items, change));
    const one = { id, versionId: 'p1', target: version };
    expect(await said({ interaction: 'create' })).toMatchObject([
      { ...one, author: { kind: 'client', name: 'writer' } },
    ]);
    expect(await said({ interaction: 'search-type' })).toEqual([]);
    expect(await said({ interaction: 'create', status: 500 })).toEqual([]);
    expect(await said({ interaction: 'create', client: 'another' })).toEqual([]);
    expect(await said({ interaction: 'create', client: null })).toEqual([]);
    expect(await said({ interaction: 'update', links: { source: 'app-writer' } })).toMatchObject([
      { ...one, author: { kind: 'source', name: 'app-writer' } },
    ]);
    expect(await said({ interaction: 'intake', client: 'source:app-writer' })).toHaveLength(1);
    expect(await said({ interaction: 'intake' })).toEqual([]);
  });

  interface Change {
    readonly interaction: string;
    readonly status?: number;
    readonly client?: string | null;
    readonly links?: JsonObject;
  }

  async function sealed(
    content: SubjectDraft['content'],
    { interaction, status = 200, client = 'writer', links = {} }: Change,
  ): Promise<bigint> {
    const record = makeRecord([{ ...makeSubject(crypto.randomUUID()), content, links }]);
    const [seal] = await world.log.append([
      {
        record: {
          ...record,
          class: ENTRY_CLASS.access,
          op: { ...record.op, id: uuidv7(Date.now(), new Uint8Array(10)), interaction, status },
          actor: { ...record.actor, client },
        },
        writes: [],
      },
    ]);
    return seal?.index ?? -1n;
  }

  const madeOf = async (index: bigint) => madeProvenances(await records.openRecord(index));

  it('are gone with the key of the only person whom they concern', async () => {
    const [made] = (await search('target=Observation/bert-1')).shown;
    const person = made?.accesses[0]?.person ?? '';
    await world.scene.vault().destroy({ kind: 'person', person });
    const opener = new RecordOpener(world.scene.database.pool, 'default', world.scene.vault());
    const after = { ...parts, records: opener };
    expect(recordedAccess(await opener.openRecord(made?.index ?? -1n), 0)).toBeUndefined();
    const left = await findAsked(await provenanceQuestion(searchOf('Provenance', ''), after), after);
    expect(left.shown.map(({ target }) => target.id)).not.toContain('bert-1');
    expect(left.shown.map(({ target }) => target.id)).toContain('shared');
  });

  it.each(['recorded=2026', 'patient:missing=true', '_total=accurate', '_summary=count', '_sort=recorded'])(
    'are not searched by %s',
    async (query) => {
      await expect(search(query)).rejects.toMatchObject({ code: 'unsupported-parameter' });
    },
  );

  it('are not searched from a cursor of another search, nor by a target whose type nobody names', async () => {
    await expect(search('_cursor=abc')).rejects.toMatchObject({ code: 'invalid-value' });
    await expect(search('target=abc')).rejects.toMatchObject({ code: 'invalid-value' });
  });
});

function itemsOf(id: string, versionId: string): SubjectDraft['content'] {
  return [{ type: 'Provenance', id, versionId, canon: Buffer.alloc(32) }];
}
