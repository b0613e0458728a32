import { sha256, toHex } from '#digest';
import type { SealableRecord } from '#provenance';
import { openTestDatabase } from '../../libs/store/src/testing/test-database.js';
import { type Answer, ask, type Question } from './ask.js';
import { type Caller, EXPIRED } from './callers.js';
import { seededUuid, versionIdOf } from './inputs.js';
import { System } from './system.js';
import { VILLAGE } from './village.js';

const APP: Caller = { client: 'app', scope: 'system/*.rs' };

/** Whom a record names, and what became of it. */
function told({ subjects }: SealableRecord) {
  return subjects.map(({ person, patient, decision }) => [person, patient, decision.effect, decision.code]);
}

describe('the record of an answer', () => {
  let system: System;
  beforeAll(async () => {
    system = await System.open(await openTestDatabase(), VILLAGE);
    await system.settle();
  });
  afterAll(() => system.close());

  /** Asks, and gives the records that were sealed meanwhile. */
  async function sealed(
    question: Question,
    caller = APP,
  ): Promise<{ readonly answer: Answer; readonly records: readonly SealableRecord[] }> {
    const before = system.log.records.length;
    const answer = await ask(system, caller, question);
    return { answer, records: system.log.records.slice(before) };
  }

  it('names who was served, with what, and on which Consent', async () => {
    const { answer, records } = await sealed({ target: '/Observation/ann-1' });
    expect(records).toMatchObject([
      {
        class: 1,
        op: { interaction: 'read', outcome: 'permit', status: 200 },
        actor: { client: 'app', purpose: 'TREAT' },
        subjects: [
          {
            person: seededUuid('ann'),
            patient: 'ann',
            content: [{ type: 'Observation', id: 'ann-1', versionId: versionIdOf('ann-1') }],
            decision: {
              effect: 'permit',
              basis: [{ kind: 'consent', consent: seededUuid('consent ann grant permit') }],
            },
          },
        ],
      },
    ]);
    const [wire] = records.flatMap(({ subjects }) => subjects.map((one) => one.wire ?? new Uint8Array()));
    expect(toHex(sha256(wire ?? ''))).toBe(toHex(sha256(answer.body)));
  });

  it('L-99: names the owners of what stayed hidden, by every way to ask for one resource', async () => {
    const owner = [seededUuid('dee'), 'dee', 'refusal', 'not-found'];
    for (const target of [
      '/Patient/dee',
      '/Observation/dee-1',
      '/Observation/dee-gone',
      `/Observation/dee-2/_history/${versionIdOf('dee-2 1')}`,
      '/Observation/dee-2/_history',
      '/Observation/dee-gone/_history',
      '/Patient/dee/_history?_count=1',
    ]) {
      const { answer, records } = await sealed({ target });
      expect([target, answer.status, records.map(told)]).toEqual([target, 404, [[owner]]]);
    }
    const { records } = await sealed({ target: '/Observation/nat-by-mia' });
    expect(records.map(told)).toEqual([
      [
        [seededUuid('mia'), 'mia', 'refusal', 'not-found'],
        [seededUuid('nat'), 'nat', 'refusal', 'not-found'],
      ],
    ]);
  });

  it('names nobody where there was nothing', async () => {
    for (const target of ['/Observation/never', '/Observation/never/_history', '/Patient/never/_history/a']) {
      const { records } = await sealed({ target });
      expect([target, records.map(told)]).toEqual([target, [[]]]);
    }
  });

  it('names the patient whose search was refused, and keeps the id of nobody to itself', async () => {
    const refused = await sealed({ target: '/Observation?patient=dee' });
    expect(refused.records).toMatchObject([{ op: { outcome: 'consent-denied', status: 403 } }]);
    expect(refused.records.map(told)).toEqual([[[seededUuid('dee'), 'dee', 'refusal', 'consent-denied']]]);
    const unknown = await sealed({ target: '/Observation?patient=never' });
    expect(unknown.records.map(told)).toEqual([[[undefined, null, 'refusal', 'consent-denied']]]);
  });

  it('names all whose data leave, and none whose data stay', async () => {
    const { answer, records } = await sealed({ target: '/Observation?_count=200' });
    const served = records.flatMap(({ subjects }) => subjects.map(({ person }) => person));
    const shown = [...answer.body.matchAll(/"subject":\{"reference":"Patient\/([a-z]+)/g)];
    expect(served).toHaveLength(new Set(served).size);
    expect(new Set(served)).toEqual(new Set(shown.map(([, person]) => seededUuid(person ?? ''))));
    expect(served).not.toContain(seededUuid('dee'));
    const about = await sealed({ target: '/Condition?patient=ida' });
    expect(about.records.map(told)).toEqual([[[seededUuid('ida'), 'ida', 'permit', null]]]);
  });

  it('L-97: is one for each request whose caller is known, whatever comes of it, and none for the others', async () => {
    const known: readonly Question[] = [
      { target: '/Observation/ann-1' },
      { target: '/Observation/dee-1' },
      { target: '/Observation?patient=dee' },
      { target: '/Observation?nonsense=1' },
      { target: '/Nonsense' },
      { target: '/Observation/ann-1', headers: { accept: 'text/html' } },
      { target: '/Observation/ann-1', headers: { 'if-none-match': '*' } },
      { method: 'DELETE', target: '/Observation/ann-1' },
      { method: 'POST', target: '/Observation/_search', form: 'patient=ann' },
      { method: 'POST', target: '/Observation/_search', form: '%' },
      { target: `/Observation?code=${'a'.repeat(20_000)}` },
    ];
    for (const question of known) {
      const { answer, records } = await sealed(question);
      expect([question, records.map(({ op }) => op.status)]).toEqual([question, [answer.status]]);
    }
    for (const question of known) {
      for (const authorization of [undefined, EXPIRED]) {
        const { answer, records } = await sealed({ ...question, authorization });
        expect([question, answer.status, records]).toEqual([question, 401, []]);
      }
    }
    const narrow = await sealed({ target: '/Observation/ann-1' }, { ...APP, scope: 'system/Patient.rs' });
    expect(narrow.records).toMatchObject([{ op: { outcome: 'scope-insufficient', status: 403 } }]);
    expect((await sealed({ target: '/metadata' })).records).toEqual([]);
  });
});
