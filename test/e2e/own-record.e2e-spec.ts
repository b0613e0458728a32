import { jest } from '@jest/globals';
import { codeOf, jsonOf, matchesOf, mustReceipt, mustServe, receiptOf, resourcesOf } from './answers.js';
import { flags } from './run.js';
import { System, type Answer } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 240_000;
const SOON_MS = 30_000;
const APP = 'demo-app';
const HERS = 'marigold-app';
const NOBODY = '00000000-0000-4000-8000-000000000000';

jest.setTimeout(LIMIT_MS);

const system = new System({ ACCESS_TOKEN_TTL_S: '3600' });
let patient = '';
let other = '';
/** Observations: one of hers, and one of the other person, who lets the app of the first read all of hers. */
let hers = '';
let theirs = '';

beforeAll(async () => {
  await system.start();
  ({ patient } = system.person(0));
  const { patient: neighbour, subject } = system.person(1);
  other = neighbour;
  for (const client of [APP, HERS]) {
    const who = { person: other, subject, 'to-client': client };
    const what = { classes: 'Observation', for: '1h', out: system.file(`${client}.json`) };
    const purpose = client === APP ? 'TREAT' : 'PATRQT';
    // oxlint-disable-next-line no-await-in-loop -- one grant after the other
    await system.must('grant', ...flags({ ...who, ...what, purpose }), '--wait');
  }
  theirs = firstOf(await system.fhir(APP, `/Observation?patient=${other}&_count=1`));
  hers = firstOf(await system.fhir(HERS, `/Observation?patient=${patient}&_count=1`));
});
afterAll(() => system.dispose());

const firstOf = (answer: Answer) => {
  const id = resourcesOf(mustServe(answer))[0]?.id;
  if (id === undefined) throw new Error('There is no Observation.');
  return id;
};
const totalOf = (answer: Answer) => /"total":(\d+)/.exec(mustServe(answer).text)?.[1];
/** All that a caller sees of an answer, but for values that differ from answer to answer. */
const seen = ({ status, text, headers }: Answer) => ({ status, text, names: [...headers.keys()].toSorted() });

describe('a person’s own app', () => {
  it('reads her record without a Consent, each answer with a receipt', async () => {
    for (const path of [
      `/Observation?patient=${patient}`,
      `/Observation/${hers}`,
      `/Observation/${hers}/_history`,
      `/Patient/${patient}`,
    ]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const answer = await system.fhir(HERS, path);
      expect([path, answer.status, receiptOf(answer) !== undefined]).toEqual([path, 200, true]);
    }
    const all = totalOf(await system.fhir(HERS, '/Observation?_total=accurate&_count=1'));
    expect(all).toBe(
      totalOf(await system.fhir(HERS, `/Observation?patient=${patient}&_total=accurate&_count=1`)),
    );
    expect(Number(all)).toBeGreaterThan(0);
  });

  it('reads the Provenance of what it may read, and no other', async () => {
    const found = resourcesOf(mustServe(await system.fhir(HERS, `/Provenance?target=Observation/${hers}`)));
    expect(found.map(({ resourceType }) => resourceType)).toContain('Provenance');
    const none = await system.fhir(HERS, `/Provenance?target=Observation/${theirs}`);
    expect([none.status, matchesOf(none)]).toEqual([200, []]);
  });

  it('sees nothing of another person, who is for it as nobody, though she consented', async () => {
    for (const path of [(id: string) => `/Observation?patient=${id}`, (id: string) => `/Patient/${id}`]) {
      // oxlint-disable no-await-in-loop -- one question after the other
      const known = await system.fhir(HERS, path(other));
      expect(seen(known)).toEqual(seen(await system.fhir(HERS, path(NOBODY))));
      // oxlint-enable no-await-in-loop
      expect([403, 404]).toContain(known.status);
      expect(receiptOf(known)).toBeDefined();
    }
    const read = await system.fhir(HERS, `/Observation/${theirs}`);
    expect([read.status, codeOf(read)]).toEqual([404, 'not-found']);
    expect(seen(read)).toEqual(seen(await system.fhir(HERS, `/Observation/${NOBODY}`)));
    const every = await system.fhir(HERS, '/Observation?_count=200');
    expect(every.text).not.toContain(other);
    expect((await system.fhir(APP, `/Observation/${hers}`)).status).toBe(404);
  });

  it('writes nothing, and is not shown the directory', async () => {
    const written = await system.fhir(HERS, '/Observation', {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body: JSON.stringify({ resourceType: 'Observation' }),
    });
    expect([written.status, codeOf(written)]).toEqual([403, 'scope-insufficient']);
    expect((await system.fhir(HERS, '/Practitioner')).status).toBe(403);
  });

  it('is in her trail and her report, on the basis of the policy', async () => {
    const { index } = mustReceipt(await system.fhir(HERS, `/Observation/${hers}`));
    const place = `#${index}"`;
    const event = await until('the reading is in the trail', SOON_MS, async () => {
      const trail = await system.fhir(
        HERS,
        `/AuditEvent?agent=${HERS}&entity=Observation/${hers}&patient=${patient}`,
      );
      return resourcesOf(trail)
        .map((one) => JSON.stringify(one))
        .find((one) => one.includes(place));
    });
    expect(event).toMatch(/"policy:P-SELF@[0-9a-f]{64}"/);
    const report = mustServe(await system.fhir('auditor', `/Patient/${patient}/$access-report?_count=200`));
    expect(report.text).toContain(place);
    expect(jsonOf(report.text)).toMatchObject({ resourceType: 'Parameters' });
  });
});
