import { isObject } from '#fhir';
import { parseStrict, type JsonObject } from '#digest';
import { prepareVersion } from '#store';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { type Answer, ask, type Question } from './ask.js';
import { seededUuid, versionIdOf } from './inputs.js';
import { System } from './system.js';
import { Twins } from './twins.js';
import { observation } from './village.js';
import {
  changing,
  creating,
  FHIR,
  ifMatch,
  isShownToWriter,
  observationText,
  toldOf,
  WRITE_WORLD,
  WRITER,
} from './write-world.js';

function header(answer: Answer, name: string): string {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : '';
}

function parsed({ body }: Answer): JsonObject {
  const value = parseStrict(body);
  return isObject(value) ? value : {};
}

/** The id that a Location names. */
function idOf(answer: Answer): string {
  return /\/Observation\/([^/]+)\/_history\//.exec(header(answer, 'location'))?.[1] ?? '';
}

/** Gives an Observation to another patient. */
function move(to: string, from = 'ann-moved'): Question {
  return changing(
    'PUT',
    from,
    observationText({ id: from, subject: { reference: `Patient/${to}` } }),
    ifMatch(from),
  );
}

/** What somebody might send to find out. */
function bodiesOf(id: string): readonly string[] {
  return [
    observationText({ id }),
    observationText({ id, subject: { reference: 'Patient/dee' } }),
    observationText({ id, subject: { reference: 'Patient/never' } }),
    observationText({ id, status: 'nonsense' }),
  ];
}

const nested = (depth: number): string =>
  depth === 0 ? '{"url":"urn:x","valueString":"y"}' : `{"url":"urn:x","extension":[${nested(depth - 1)}]}`;

describe('a write', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.open(await openTestDatabase(), WRITE_WORLD);
  });
  afterAll(() => system.close());

  const write = (question: Question, caller = WRITER) => ask(system, caller, question);
  const told = async (question: Question, caller = WRITER) => toldOf(await write(question, caller));
  const read = (id: string, more = '') => write({ target: `/Observation/${id}${more}` });
  const patchOwn = (body: string) => told(changing('PATCH', 'ann-own', body, ifMatch('ann-own')));

  it('creates what is then served byte for byte, digits of decimals and all', async () => {
    const made = await write(creating(observationText()));
    expect(made.status).toBe(201);
    expect(header(made, 'location')).toMatch(
      /^https:\/\/gateway\.test\/fhir\/R4\/Observation\/[0-9a-f-]{36}\/_history\/\w{16}$/,
    );
    const served = await read(idOf(made));
    expect(served.body).toBe(made.body);
    expect(served.body).toContain('"value":120.00');
    expect([header(served, 'etag'), header(served, 'last-modified'), header(served, 'repr-digest')]).toEqual([
      header(made, 'etag'),
      header(made, 'last-modified'),
      header(made, 'repr-digest'),
    ]);
    expect(parsed(served)).toMatchObject({
      id: idOf(made),
      meta: { source: 'urn:proviso:source:app-writer', versionId: header(made, 'etag').slice(3, -1) },
    });
  });

  it('ignores an id and a version that a client gives to what it creates', async () => {
    const made = await write(
      creating(observationText({ id: 'mine', meta: { versionId: 'v', source: 'urn:x' } })),
    );
    expect(idOf(made)).not.toBe('mine');
    expect(parsed(made)['meta']).toMatchObject({ source: 'urn:proviso:source:app-writer' });
  });

  it('answers with nothing, an outcome or the resource, as is preferred', async () => {
    const minimal = await write(creating(observationText(), { prefer: 'return=minimal' }));
    expect([minimal.status, minimal.body]).toEqual([201, '']);
    const outcome = await write(creating(observationText(), { prefer: 'return=OperationOutcome' }));
    expect(parsed(outcome)).toMatchObject({ resourceType: 'OperationOutcome' });
    expect(parsed(await write(creating(observationText(), { prefer: 'respond-async' })))).toMatchObject({
      resourceType: 'Observation',
    });
  });

  it('shows nothing to whom only writing was permitted, by the person or by the scopes', async () => {
    const made = await write(creating(observationText({ subject: { reference: 'Patient/cyd' } })));
    expect([made.status, made.body]).toEqual([201, '']);
    expect((await read(idOf(made))).status).toBe(404);
    const blind = await write(creating(observationText()), { ...WRITER, scope: 'system/Observation.cu' });
    expect([blind.status, blind.body]).toEqual([201, '']);
  });

  it('needs the word of each patient for this very act', async () => {
    const of = (patient: string) =>
      told(creating(observationText({ subject: { reference: `Patient/${patient}` } })));
    expect(await of('bob')).toBe('consent-denied');
    expect(await of('dee')).toBe('consent-denied');
    expect(await of('nobody')).toBe('consent-denied');
    expect(await told(creating(observationText({ performer: [{ reference: 'Patient/bob' }] })))).toBe(
      'consent-denied',
    );
    expect(await told(creating(observationText({ performer: [{ reference: 'Patient/fay' }] })))).toBe('201');
    expect(
      await told(changing('PUT', 'bob-own', observationText({ id: 'bob-own' }), ifMatch('bob-own'))),
    ).toBe('consent-denied');
    expect(await told(changing('DELETE', 'bob-own', undefined, ifMatch('bob-own')))).toBe('consent-denied');
    expect(
      await told(creating(observationText()), { ...WRITER, purpose: 'HMARKT', client: 'stranger' }),
    ).toBe('consent-denied');
  });

  it('needs the scope for this very act, of what is written too', async () => {
    const readOnly = { ...WRITER, scope: 'system/*.rs' };
    expect(await told(creating(observationText()), readOnly)).toBe('scope-insufficient');
    expect(
      await told(changing('DELETE', 'ann-own', undefined, ifMatch('ann-own')), {
        ...WRITER,
        scope: 'system/*.cru',
      }),
    ).toBe('scope-insufficient');
    const laboratory = { ...WRITER, scope: 'system/Observation.cru?category=laboratory' };
    const vital = {
      category: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
          ],
        },
      ],
    };
    expect(await told(creating(observationText()), laboratory)).toBe('201');
    expect(await told(creating(observationText(vital)), laboratory)).toBe('scope-insufficient');
    const away = changing('PUT', 'ann-own', observationText({ id: 'ann-own', ...vital }), ifMatch('ann-own'));
    expect(await told(away, laboratory)).toBe('scope-insufficient');
  });

  it('makes nothing by a patch that could not have been sent', async () => {
    const deep = `[{"op":"add","path":"/extension","value":[${nested(50)}]},
      {"op":"add","path":"${'/extension/0'.repeat(50)}/extension","value":[${nested(50)}]}]`;
    expect(await patchOwn(deep)).toBe('profile-invalid');
    const note = JSON.stringify({ text: 'x'.repeat(300_000) });
    const copies = Array.from({ length: 3 }, () => '{"op":"copy","from":"/note/0","path":"/note/-"}').join();
    expect(await patchOwn(`[{"op":"add","path":"/note","value":[${note}]},${copies}]`)).toBe('too-large');
    const many = Array.from({ length: 65 }, (_, at) => `{"reference":"Patient/somebody-${at}"}`).join();
    expect(await patchOwn(`[{"op":"add","path":"/performer","value":[${many}]}]`)).toBe('too-large');
  });

  it('needs the scope to read as well for a patch, which tells by how it fails what stands there', async () => {
    const blind = { ...WRITER, scope: 'system/Observation.cu' };
    for (const status of ['final', 'amended']) {
      const body = `[{"op":"test","path":"/status","value":"${status}"}]`;
      expect(await told(changing('PATCH', 'ann-own', body, ifMatch('ann-own')), blind)).toBe(
        'scope-insufficient',
      );
    }
  });

  it('is for the owner alone', async () => {
    for (const id of ['ann-north', 'ann-other']) {
      expect(await told(changing('PUT', id, observationText({ id }), ifMatch(id)))).toBe('not-owner');
      expect(await told(changing('PATCH', id, '[]', ifMatch(id)))).toBe('not-owner');
      expect(await told(changing('DELETE', id, undefined, ifMatch(id)))).toBe('not-owner');
    }
    const { source: _source, ...guest } = WRITER;
    expect(await told(creating(observationText()), guest)).toBe('not-owner');
  });

  it('says which version it changes, and nothing is lost that was written meanwhile', async () => {
    const body = observationText({ id: 'ann-own', status: 'amended' });
    expect(await told(changing('PUT', 'ann-own', body))).toBe('precondition');
    expect(await told(changing('PUT', 'ann-own', body, { 'if-match': '*' }))).toBe('invalid-value');
    expect(await told(changing('PUT', 'ann-own', body, { 'if-match': 'W/"other"' }))).toBe('precondition');
    const updated = await write(changing('PUT', 'ann-own', body, ifMatch('ann-own')));
    expect([updated.status, parsed(updated)['status']]).toEqual([200, 'amended']);
    expect(await told(changing('PUT', 'ann-own', body, ifMatch('ann-own')))).toBe('precondition');
    const seen = { 'if-match': header(updated, 'etag') };
    const patch =
      '[{"op":"test","path":"/status","value":"amended"},{"op":"replace","path":"/status","value":"corrected"}]';
    const patched = await write(changing('PATCH', 'ann-own', patch, seen));
    expect(patched.body).toContain('"value":120.00');
    expect(parsed(patched)['status']).toBe('corrected');
    expect(patched.body.replace('corrected', 'amended').replace(/"meta":\{[^}]*\}/, '')).toBe(
      updated.body.replace(/"meta":\{[^}]*\}/, ''),
    );
    const history = await read('ann-own', '/_history');
    expect(parsed(history)['entry']).toHaveLength(3);
    expect(await told(changing('PATCH', 'ann-own', patch, { 'if-match': header(patched, 'etag') }))).toBe(
      'profile-invalid',
    );
  });

  it('judges the old and the new: nothing is moved to whom did not permit it, nor past what she excepted', async () => {
    expect(await told(move('dee'))).toBe('consent-denied');
    expect(await told(move('nobody'))).toBe('consent-denied');
    const coded = { code: { coding: [{ system: 'http://loinc.org', code: '75622-1' }] } };
    const hiv = observationText({ id: 'fay-own', subject: { reference: 'Patient/fay' }, ...coded });
    expect(await told(changing('PUT', 'fay-own', hiv, ifMatch('fay-own')))).toBe('consent-denied');
    const before = system.log.records.length;
    expect(await told(move('fay'))).toBe('200');
    const [record] = system.log.records.slice(before);
    expect(
      record?.subjects.map(({ person, content }) => [
        person,
        content.map(({ type, versionId }) => [type, versionId.length]),
      ]),
    ).toEqual([
      [seededUuid('ann'), [['Observation', 16]]],
      [
        seededUuid('fay'),
        [
          ['Observation', 16],
          ['Provenance', 16],
        ],
      ],
    ]);
    expect(record?.subjects[0]?.content[0]?.versionId).toBe(versionIdOf('ann-moved'));
  });

  it('deletes so that readers of the last version learn it, and its history stays', async () => {
    const made = await write(creating(observationText()));
    const id = idOf(made);
    const seen = { 'if-match': header(made, 'etag') };
    const gone = await write(changing('DELETE', id, undefined, seen));
    expect([gone.status, gone.body]).toEqual([204, '']);
    expect((await read(id)).status).toBe(410);
    expect(
      await told(changing('PUT', id, observationText({ id }), { 'if-match': header(gone, 'etag') })),
    ).toBe('gone');
    expect(await told(changing('DELETE', id, undefined, seen))).toBe('gone');
    expect((await read(id, '/_history')).body).toContain('"method":"DELETE"');
  });

  it('is told what is wrong with it by places and rules, never by values', async () => {
    const refused = await write(creating(observationText({ status: 'secret-word', colour: 'red' })));
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('"Observation.status"');
    expect(refused.body).toContain('member-known');
    expect(refused.body).not.toMatch(/secret-word|colour/);
    const nobodys = observationText({ subject: undefined });
    expect(await told(creating(nobodys))).toBe('profile-invalid');
    const elsewhere = observationText({ subject: { reference: 'https://other.example/Patient/ann' } });
    expect(await told(creating(elsewhere))).toBe('profile-invalid');
    expect(await told(creating('{"resourceType":"Observation","status":"final","status":"final"}'))).toBe(
      'malformed',
    );
    expect(await told(creating('[]'))).toBe('malformed');
    expect(await told(creating('{"resourceType":"Condition"}'))).toBe('invalid-value');
    expect(
      await told(changing('PUT', 'ann-moved', observationText({ id: 'other' }), ifMatch('ann-moved'))),
    ).toBe('invalid-value');
    expect(
      await told({
        ...creating(observationText()),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    ).toBe('unsupported-media');
    expect(
      await told({
        ...changing('PATCH', 'ann-own', '[]', ifMatch('ann-own')),
        headers: { ...FHIR, ...ifMatch('ann-own') },
      }),
    ).toBe('unsupported-media');
  });

  it('takes no condition, since what matches would be told', async () => {
    expect(await told(creating(observationText(), { 'if-none-exist': 'identifier=a' }))).toBe(
      'not-implemented',
    );
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      expect(await told({ method, target: '/Observation?identifier=a' })).toBe('not-implemented');
      expect(await told({ method, target: '/Observation' })).toBe('method-not-allowed');
      expect(await told({ method, target: '/Patient?identifier=a' })).toBe('method-not-allowed');
    }
  });

  it('is refused while the projection is old, and after the person took back her word', async () => {
    const now = system.nowMs;
    system.nowMs = now + 120_000;
    expect(await told(creating(observationText()))).toBe('consent-stale');
    system.nowMs = now;
    expect(await told(creating(observationText({ subject: { reference: 'Patient/eve' } })))).toBe(
      'consent-denied',
    );
  });

  it('has a record of whom, what and on which Consent, and a Provenance that names the client', async () => {
    const before = system.log.records.length;
    const made = await write(creating(observationText()));
    expect(system.log.records.slice(before)).toMatchObject([
      {
        class: 1,
        op: { interaction: 'create', outcome: 'permit', status: 201, phase: 'single' },
        actor: { client: 'writer' },
        subjects: [
          {
            person: seededUuid('ann'),
            patient: 'ann',
            content: [{ type: 'Observation', id: idOf(made) }, { type: 'Provenance' }],
            decision: {
              effect: 'permit',
              basis: [{ kind: 'consent', consent: seededUuid('consent ann grant') }],
            },
          },
        ],
      },
    ]);
    const found = await write({ target: `/Provenance?target=Observation/${idOf(made)}` });
    expect(found.body).toContain('"identifier":{"system":"urn:proviso:client","value":"writer"}');
  });

  it('names in the record whom it was refused for', async () => {
    const before = system.log.records.length;
    await write(creating(observationText({ subject: { reference: 'Patient/dee' } })));
    await write(changing('DELETE', 'dee-own', undefined, ifMatch('dee-own')));
    const named = system.log.records
      .slice(before)
      .map(({ op, subjects }) => [op.outcome, subjects.map(({ person }) => person)]);
    expect(named).toEqual([
      ['consent-denied', [seededUuid('dee')]],
      ['not-found', [seededUuid('dee')]],
    ]);
  });

  it('is made once under an Idempotency-Key, and answered the same again, as long as it is permitted', async () => {
    const keyed = (key: string, body = observationText()) =>
      write(creating(body, { 'idempotency-key': key }));
    const [first, again] = [await keyed('k1'), await keyed('k1')];
    expect([first.status, again]).toEqual([201, first]);
    const [, record] = system.log.records.slice(-2);
    expect(record).toMatchObject({
      op: { interaction: 'create', status: 201 },
      subjects: [{ person: seededUuid('ann') }],
    });
    expect(record?.subjects[0]?.links).toEqual({ repeats: system.log.records.at(-2)?.op.id });
    expect(toldOf(await keyed('k1', observationText({ status: 'amended' })))).toBe('version-conflict');
    expect(toldOf(await keyed('not a key'))).toBe('invalid-value');
    expect(idOf(await keyed('k2'))).not.toBe(idOf(first));
    const gone = changing('DELETE', idOf(first), undefined, {
      'if-match': header(first, 'etag'),
      'idempotency-key': 'k3',
    });
    expect([(await write(gone)).status, (await write(gone)).status]).toEqual([204, 204]);
    const other = { ...WRITER, client: 'stranger' };
    expect(await told(creating(observationText(), { 'idempotency-key': 'k1' }), other)).toBe(
      'consent-denied',
    );
  });

  it('under one Idempotency-Key is made once, however many come at a time', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => write(creating(observationText(), { 'idempotency-key': 'many' }))),
    );
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });

  it('is judged anew where somebody wrote or revoked between the judgement and the record', async () => {
    const made = await write(creating(observationText({ subject: { reference: 'Patient/fay' } })));
    const id = idOf(made);
    const change = changing('PUT', id, observationText({ id, subject: { reference: 'Patient/fay' } }), {
      'if-match': header(made, 'etag'),
    });
    const { resource } = observation(id, 'fay');
    system.log.meanwhile = () =>
      system.apply([
        {
          kind: 'version',
          version: prepareVersion(resource, {
            source: 'app-writer',
            versionId: 'between',
            lastUpdatedMs: system.nowMs,
          }),
        },
      ]);
    expect(await told(change)).toBe('precondition');
    system.log.meanwhile = () =>
      system.replay([
        { key: 'fay revoked', atMs: system.nowMs, kind: 'revoke', grant: 'fay grant', how: 'latch' },
      ]);
    expect(await told(creating(observationText({ subject: { reference: 'Patient/fay' } })))).toBe(
      'consent-denied',
    );
  });
});

describe('a writer among twins', () => {
  let twins: Twins;
  beforeAll(async () => {
    twins = await Twins.open(WRITER, WRITE_WORLD, isShownToWriter);
  });
  afterAll(() => twins.close());

  const HIDDEN = ['dee-own', 'dee-north', 'dee-gone', 'eve-own', 'eve-both', 'never'];

  it('L-56 L-57 L-60 L-66: cannot tell hidden from absent, whatever it sends and whichever version it names', async () => {
    const answers: Answer[] = [];
    for (const id of HIDDEN) {
      for (const headers of [ifMatch(id), ifMatch('other')]) {
        const questions = [
          ...bodiesOf(id).map((body) => changing('PUT', id, body, headers)),
          changing('PATCH', id, '[{"op":"test","path":"/status","value":"final"}]', headers),
          changing('PATCH', id, '[]', headers),
          changing('DELETE', id, undefined, headers),
        ];
        for (const question of questions) answers.push(await twins.ask(question));
      }
    }
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers.map(toldOf)).toContain('not-found');
  });

  it('L-52: cannot tell who is a patient here by what it may create', async () => {
    const named = ['dee', 'eve', 'never'].flatMap((patient) => [
      observationText({ subject: { reference: `Patient/${patient}` } }),
      observationText({ performer: [{ reference: `Patient/${patient}` }] }),
    ]);
    const answers: Answer[] = [];
    for (const body of named) answers.push(await twins.ask(creating(body)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    expect(answers.map(toldOf)).toContain('consent-denied');
  });

  it('L-53 L-54: is told the same of conditions that match something hidden and those that match nothing', async () => {
    for (const id of ['dee-own', 'never']) {
      const condition = `identifier=urn:north|order-${id}`;
      const create = creating(observationText(), { 'if-none-exist': condition });
      expect(toldOf(await twins.ask(create))).toBe('not-implemented');
      for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
        const answer = await twins.ask({ method, target: `/Observation?${condition}` });
        expect(toldOf(answer)).toBe('not-implemented');
      }
    }
  });

  it('L-64: writes none of the types that would grant it access, by no scope', async () => {
    for (const type of [
      'Consent',
      'Group',
      'RelatedPerson',
      'CareTeam',
      'Person',
      'Patient',
      'Provenance',
      'AuditEvent',
    ]) {
      const caller = { ...WRITER, scope: `system/${type}.cruds system/*.cruds` };
      const told = async (question: Question) => toldOf(await twins.ask(question, caller));
      const body = `{"resourceType":"${type}","id":"ann"}`;
      expect(await told({ method: 'POST', target: `/${type}`, body, headers: FHIR })).toBe(
        'method-not-allowed',
      );
      expect(await told({ method: 'PUT', target: `/${type}/ann`, body, headers: FHIR })).toBe(
        'method-not-allowed',
      );
      expect(await told({ method: 'PATCH', target: `/${type}/ann`, body: '[]' })).toBe('method-not-allowed');
      expect(await told({ method: 'DELETE', target: `/${type}/ann` })).toBe('method-not-allowed');
    }
  });
});
