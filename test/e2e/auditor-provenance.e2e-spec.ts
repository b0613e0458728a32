import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { Outside } from '../faults/outside.js';
import { codeOf, jsonOf, matchesOf, mustReceipt, mustServe, resourcesOf } from './answers.js';
import { fromSource, observationsOf } from './observations.js';
import { flags } from './run.js';
import { System, type Answer } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 300_000;
const SOON_MS = 90_000;
const APP = 'demo-app';
/** An app without a Consent. */
const OTHER = 'second-app';
const HERS = 'marigold-app';
const AUDITOR = 'auditor';
/** Of the person, at Northside: it is asked for a Provenance by the number of its patient. */
const AT_NORTHSIDE = 'n-1001';
const NOBODY = '00000000-0000-4000-8000-000000000000';
const CONTENT = 'told in confidence';

jest.setTimeout(LIMIT_MS);

const provenanceSchema = z.looseObject({
  resourceType: z.literal('Provenance'),
  id: z.string(),
  meta: z.looseObject({ versionId: z.string() }),
  target: z.tuple([z.object({ reference: z.string() })]),
  agent: z.tuple([
    z.looseObject({ who: z.object({ type: z.string(), identifier: z.looseObject({ value: z.string() }) }) }),
  ]),
  entity: z.tuple([z.looseObject({ what: z.object({ identifier: z.looseObject({ value: z.string() }) }) })]),
});
type Shown = z.infer<typeof provenanceSchema>;

const system = new System({ ACCESS_TOKEN_TTL_S: '3600' });
const outside = new Outside(system.dataDir);
let patient = '';
/** `Observation/<id>` of a result that Lakeview sent. */
let result = '';
/** The Provenance that Northside gave out. */
let delivered = '';

beforeAll(async () => {
  const env = await outside.start(2);
  pullProvenance(env['SOURCES_FILE'] ?? '');
  await outside.chart({
    resourceType: 'Provenance',
    id: AT_NORTHSIDE,
    target: [{ reference: `Patient/${AT_NORTHSIDE}` }],
    recorded: '2026-01-02T03:04:05Z',
    agent: [{ who: { display: CONTENT } }],
  });
  await system.start(env);
  await outside.lakeview.start(system.ready.mllp);
  const her = system.person(0);
  ({ patient } = her);
  const who = { person: patient, subject: her.subject, 'to-client': APP };
  const what = { classes: 'Patient,Observation,Provenance', purpose: 'TREAT', for: '1h' };
  await system.must('grant', ...flags({ ...who, ...what, out: system.file('grant.json') }), '--wait');
  result = await until('Lakeview has sent a result', SOON_MS, async () => {
    const answer = mustServe(await system.fhir(APP, `/Observation?patient=${patient}&_count=100`));
    const [first] = fromSource('lakeview', observationsOf(answer));
    return first !== undefined && `Observation/${first.id}`;
  });
  delivered = await until('Northside has given out its Provenance', SOON_MS, async () => {
    const answer = mustServe(await system.fhir(APP, `/Provenance?patient=${patient}&_count=100`));
    return resourcesOf(answer).find((one) => JSON.stringify(one).includes(CONTENT))?.id;
  });
});
afterAll(async () => {
  await system.dispose();
  await outside.dispose();
});

/** Lets the vendor be asked for Provenance too. */
function pullProvenance(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace('"types": [', '"types": [{ "type": "Provenance", "patientParam": "_id" },'),
  );
}

const shownBy = (answer: Answer) => z.array(provenanceSchema).parse(resourcesOf(mustServe(answer)));
const nextOf = (answer: Answer) =>
  z
    .looseObject({ link: z.array(z.object({ relation: z.string(), url: z.string() })) })
    .parse(jsonOf(answer.text))
    .link.find(({ relation }) => relation === 'next')
    ?.url.slice(system.ready.fhirBase.length);

/** All pages of a search. */
async function pages(path: string, client = AUDITOR): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let at: string | undefined = path; at !== undefined;) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const answer: Answer = mustServe(await system.fhir(client, at));
    answers.push(answer);
    at = nextOf(answer);
  }
  return answers;
}

const allOf = async (query: string) => (await pages(`/Provenance?${query}`)).flatMap(shownBy);

/** The Provenance of the result, once the trail has it. */
const ofResult = () =>
  until('the auditor is shown it', SOON_MS, async () => (await allOf(`target=${result}`))[0]);

/** All that a caller sees of an answer, but for values that differ from answer to answer. */
const seen = ({ status, text, headers }: Answer) => ({ status, text, names: [...headers.keys()].toSorted() });

describe('an auditor', () => {
  it('reads the Provenance of a result that came by HL7 v2: which version, from whom, and where the record is', async () => {
    const made = await ofResult();
    expect(made.target[0].reference).toMatch(new RegExp(`^${result}/_history/`));
    expect(made.agent[0].who).toMatchObject({ type: 'Organization', identifier: { value: 'lakeview' } });
    const index = made.entity[0].what.identifier.value.split('#')[1] ?? '';
    const record = mustServe(await system.ask(`/audit/records/${index}`, { client: AUDITOR }));
    expect(record.text).toContain(`"${made.id}"`);
    for (const path of [`/Provenance/${made.id}`, `/Provenance/${made.id}/_history/${made.meta.versionId}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      expect(jsonOf(mustServe(await system.fhir(AUDITOR, path)).text)).toEqual(made);
    }
    expect(matchesOf(await system.fhir(AUDITOR, `/Provenance?_id=${made.id}&patient=${patient}`))).toEqual([
      made.id,
    ]);
  });

  it('finds the same by the patient, page by page, and each once', async () => {
    const made = await ofResult();
    const whole = await allOf(`patient=${patient}&_count=200`);
    const ids = whole.map(({ id }) => id);
    expect(ids).toContain(made.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect((await allOf(`patient=${patient}&_count=3`)).map(({ id }) => id)).toEqual(ids);
    expect((await allOf(`_id=${ids.slice(0, 3).join(',')}&_count=2`)).map(({ id }) => id).toSorted()).toEqual(
      ids.slice(0, 3).toSorted(),
    );
    expect(await allOf(`patient=${NOBODY}`)).toEqual([]);
  });

  it('is shown nothing of what a source delivered as Provenance: it is as absent as one that never was', async () => {
    await ofResult();
    const own = mustServe(await system.fhir(APP, `/Provenance/${delivered}`));
    expect(own.text).toContain(CONTENT);
    const answer = await system.fhir(AUDITOR, `/Provenance/${delivered}`);
    expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
    expect(seen(answer)).toEqual(seen(await system.fhir(AUDITOR, `/Provenance/${NOBODY}`)));
    for (const query of [`_id=${delivered}`, `patient=${patient}&_count=200`, `target=Patient/${patient}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      for (const { text } of await pages(`/Provenance?${query}`)) {
        expect(text).not.toContain(CONTENT);
        expect(text).not.toContain(`"id":"${delivered}"`);
      }
    }
  });

  it('learns nothing that the AuditEvents of the same records do not say', async () => {
    await ofResult();
    const shown = await allOf('_count=200');
    const events = (await pages('/AuditEvent?_count=200')).flatMap(resourcesOf);
    expect(shown.length).toBeGreaterThan(10);
    expect(shown.flatMap((one) => unsaid(one, events))).toEqual([]);
  });

  it('opens nothing else: no other type, no include, no total, and no history', async () => {
    const { id } = await ofResult();
    for (const path of [`/${result}`, `/Observation?patient=${patient}`, `/Patient/${patient}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const answer = await system.fhir(AUDITOR, path);
      expect([answer.status, codeOf(answer)]).toEqual([403, 'scope-insufficient']);
    }
    for (const more of ['_include=Provenance:target', '_revinclude=Provenance:target', '_total=accurate']) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      const answer = await system.fhir(AUDITOR, `/Provenance?patient=${patient}&${more}`);
      expect([more, answer.status, codeOf(answer)]).toEqual([more, 400, 'unsupported-parameter']);
    }
    expect((await system.fhir(AUDITOR, `/Provenance/${id}/_history`)).status).toBe(404);
    // others go on by Consents
    expect((await system.fhir(OTHER, `/Provenance?patient=${patient}`)).status).toBe(403);
    expect((await system.fhir(OTHER, `/Provenance/${id}`)).status).toBe(404);
  });

  it('is named in her trail and her report for each look, on the basis of the policy', async () => {
    const { id } = await ofResult();
    const looks = await Promise.all(
      [`/Provenance/${id}`, `/Provenance?target=${result}`, `/Provenance?patient=${patient}`].map((path) =>
        system.fhir(AUDITOR, path),
      ),
    );
    const places = looks.map((look) => `#${mustReceipt(mustServe(look)).index}"`);
    const events = await until('the looks are in her trail', SOON_MS, async () => {
      const trail = resourcesOf(mustServe(await system.fhir(HERS, `/AuditEvent?agent=${AUDITOR}&_count=50`)));
      const found = places.map((place) =>
        trail.map((one) => JSON.stringify(one)).find((one) => one.includes(place)),
      );
      return found.every((one) => one !== undefined) && found;
    });
    for (const event of events) expect(event).toMatch(/"policy:P-AUDIT@[0-9a-f]{64}"/);
    const report = mustServe(await system.fhir(HERS, `/Patient/${patient}/$access-report?_count=200`));
    for (const place of places) expect(report.text).toContain(place);
    const missed = mustReceipt(await system.fhir(AUDITOR, `/Provenance/${delivered}`));
    await until('what was asked for in vain is there too', SOON_MS, async () =>
      (await system.fhir(HERS, '/AuditEvent?outcome=4&_count=5')).text.includes(`#${missed.index}"`),
    );
  });
});

/** Words of the form itself. */
const CONSTANT =
  /^(?:Provenance|author|source|Organization|Device|SUBSETTED|urn:proviso:(?:source|client)|http:\/\/terminology\.hl7\.org\/.*)$/;

/** What of a Provenance the AuditEvents of the record that it names do not say. */
function unsaid(made: Shown, events: readonly object[]): readonly string[] {
  const place = `"${made.entity[0].what.identifier.value}"`;
  const said = events.map((event) => JSON.stringify(event)).filter((text) => text.includes(place));
  return leavesOf(made).filter((leaf) => !CONSTANT.test(leaf) && !said.some((text) => text.includes(leaf)));
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.values(value).flatMap(leavesOf);
}
