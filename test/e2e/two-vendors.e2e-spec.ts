import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { resourceIdOf } from '#normalize';
import { Outside } from '../faults/outside.js';
import { mustReceipt, warningsOf } from './answers.js';
import { fromSource, observationsOf, provenanceOf, withCode } from './observations.js';
import { System } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 300_000;
const SOON_MS = 60_000;
const APP = 'demo-app';
const HEMOGLOBIN = '718-7';
const AT_LAKEVIEW = resourceIdOf('lakeview', 'Patient', 'https://lakeview.example/id|LK-20391');

jest.setTimeout(LIMIT_MS);

const system = new System({ ACCESS_TOKEN_TTL_S: '3600', SOURCE_ROSTER_EVERY_S: '5' });
const outside = new Outside(system.dataDir);
let patient = '';

beforeAll(async () => {
  const env = await outside.start(2);
  await system.start(env);
  await outside.lakeview.start(system.ready.mllp);
  const her = system.person(0);
  patient = her.patient;
  const to = ['--person', patient, '--subject', her.subject, '--to-client', APP];
  const terms = ['--classes', 'Observation,Patient,Provenance', '--purpose', 'TREAT', '--for', '1h'];
  await system.must('grant', ...to, ...terms, '--out', system.file('grant.json'), '--wait');
});
afterAll(async () => {
  await system.dispose();
  await outside.dispose();
});

const search = (of = patient) => system.fhir(APP, `/Observation?patient=${of}&_count=100`);
const hemoglobin = async () => withCode(HEMOGLOBIN, fromSource('lakeview', observationsOf(await search())));
const versions = async () =>
  observationsOf(await search())
    .map(({ id, meta }) => `${id}/${meta.versionId}`)
    .toSorted();

const receipt = (at: number | bigint, client: string) => system.ask(`/receipts/${at}`, { client });

const named = (source: string) => `The source ${source} could not be asked; what is stored of it is shown.`;

describe('a vendor that sends messages', () => {
  it('is answered AA to everything that it says', async () => {
    const sent = await until('everything is answered', SOON_MS, async () => {
      const all = await outside.lakeview.sent();
      return all.every(({ code }) => code !== null) ? all : undefined;
    });
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.filter(({ code }) => code !== 'AA')).toEqual([]);
  });

  it('is in one answer with the vendor that is asked, whoever of her records is named', async () => {
    await until('results of both are served', SOON_MS, async () => {
      const all = observationsOf(await search());
      return fromSource('lakeview', all).length === 4 && fromSource('northside', all).length > 10;
    });
    const byHerOther = observationsOf(await search(AT_LAKEVIEW)).map(({ id }) => id);
    expect(byHerOther.toSorted()).toEqual(
      observationsOf(await search())
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  it('has its times in its own zone, its own codes first, and the digits that it sent', async () => {
    const found = await hemoglobin();
    expect(found).toMatchObject({
      status: 'final',
      effectiveDateTime: '2025-10-20T08:45:00-06:00',
      valueQuantity: { value: 11.9 },
    });
    expect(found?.code.coding[0]).toMatchObject({ system: 'https://lakeview.example/codes', code: 'HGB' });
    expect((await search()).text).toContain('"value":11.90');
  });

  it('tells nobody without a grant', async () => {
    for (const id of [patient, AT_LAKEVIEW]) {
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      expect((await system.fhir('second-app', `/Observation?patient=${id}`)).status).toBe(403);
    }
    const everybody = await system.fhir(APP, '/Observation?_count=100');
    const hers = new Set(observationsOf(await search()).map(({ id }) => id));
    expect(observationsOf(everybody).filter(({ id }) => !hers.has(id))).toEqual([]);
  });
});

describe('what is known of where a result came from', () => {
  it('is a Provenance of the very version, whose record names the SHA-256 of the message', async () => {
    const found = await hemoglobin();
    const target = `Observation/${found?.id ?? ''}`;
    const answer = await system.fhir(APP, `/Provenance?target=${target}`);
    const own = provenanceOf(answer).filter(({ target: targets }) =>
      targets.some(({ reference }) => reference === `${target}/_history/${found?.meta.versionId ?? ''}`),
    );
    expect(own).toHaveLength(1);
    const { record } = (await recordOf(await hashOf('LKV000003'), Number(mustReceipt(answer).index))) ?? {};
    expect(record).toMatchObject({ sender: 'LAKEVIEW_HIS|LAKEVIEW', converter: { name: 'proviso-hl7-v2' } });
    const { salt = '', digest = '' } = record ?? {};
    const opened = createHash('sha256')
      .update(Buffer.from('proviso/v1/payload\0', 'latin1'))
      .update(Buffer.from(salt + digest, 'hex'))
      .digest('hex');
    expect(own[0]?.entity.map(({ what }) => what.identifier)).toEqual([
      { system: 'urn:ietf:rfc:3986', value: `urn:hash::sha256:${opened}` },
    ]);
  });

  it('is opened to auditors alone', async () => {
    const newest = mustReceipt(await search());
    const { index = -1 } = (await recordOf(await hashOf('LKV000003'), Number(newest.index))) ?? {};
    const none = await receipt(999_999_999, APP);
    for (const client of [APP, 'registrar', 'wallet', 'steward', 'administrator']) {
      // oxlint-disable-next-line no-await-in-loop -- one client after the other
      const { status, text } = await receipt(index, client);
      expect({ client, status, text }).toEqual({ client, status: 404, text: none.text });
    }
    expect((await receipt(index, 'auditor')).text).toContain('/links');
    // the record of its own answer the app may open, and that says nothing of messages
    const own = await receipt(newest.index, APP);
    expect([own.status, own.text.includes('/links')]).toEqual([200, false]);
  });
});

describe('a correction', () => {
  it('makes a new version of the same Observation; the old one stays in history', async () => {
    const before = await hemoglobin();
    expect((await outside.lakeview.send('corrections', { code: 'HGB', value: '12.40' })).code).toBe('AA');
    const after = await until('the right value is served', SOON_MS, async () => {
      const found = await hemoglobin();
      return found?.valueQuantity?.value === 12.4 ? found : undefined;
    });
    expect({ id: after.id, status: after.status }).toEqual({ id: before?.id, status: 'corrected' });
    const history = observationsOf(await system.fhir(APP, `/Observation/${after.id}/_history`));
    expect(history.map(({ valueQuantity }) => valueQuantity?.value)).toEqual([12.4, 11.9]);
    const old = await system.fhir(APP, `/Observation/${after.id}/_history/${before?.meta.versionId ?? ''}`);
    expect(old.text).toContain('"value":11.90');
  });

  it('that comes again changes nothing, nor does the older message that it corrected', async () => {
    const before = await versions();
    const again = await outside.lakeview.send('again');
    const older = await outside.lakeview.send('again', { controlId: 'LKV000003' });
    expect([again.code, older.code]).toEqual(['AA', 'AA']);
    await outside.lakeview.break();
    await outside.lakeview.unbreak();
    await until('all is said again', SOON_MS, async () =>
      (await outside.lakeview.sent()).every(({ code }) => code === 'AA'),
    );
    expect(await versions()).toEqual(before);
  });

  it('that is older than what is stored, under a new number, does not overwrite it', async () => {
    const sent = await outside.lakeview.sent();
    const old = sent.find(({ controlId }) => controlId === 'LKV000003')?.message ?? '';
    const late = await outside.lakeview.send(
      'messages',
      old.replace('LKV000003', 'LKV-LATE').replace('11.90', '9.9'),
    );
    expect(late.code).toBe('AA');
    const known = await outside.lakeview.send('corrections', { code: 'GLUC', value: '91' });
    expect(known.code).toBe('AA');
    await until('a later message is converted', SOON_MS, async () => {
      const all = fromSource('lakeview', observationsOf(await search()));
      return withCode('2345-7', all)?.valueQuantity?.value === 91;
    });
    expect((await hemoglobin())?.valueQuantity?.value).toBe(12.4);
  });
});

describe('a vendor that is down', () => {
  it.each([
    ['lakeview', outside.lakeview],
    ['northside', outside.vendor],
  ])('%s: the answer holds what is stored and names it, until it is back', async (source, outage) => {
    await until('all is well', SOON_MS, async () => warningsOf(await search()).length === 0);
    const before = await versions();
    await outage.break();
    await until('it is named', SOON_MS, async () => warningsOf(await search()).includes(named(source)));
    expect(warningsOf(await search())).toEqual([named(source)]);
    expect(await versions()).toEqual(before);
    await outage.unbreak();
    await until('it is well again', SOON_MS, async () => warningsOf(await search()).length === 0);
  });
});

describe('two records that turn out not to be of one person', () => {
  it('are apart from now on, and stay apart when the vendor sends more', async () => {
    const of = ['--patient', AT_LAKEVIEW, '--reason', 'two women with one number'];
    await system.must('link', 'unlink', ...of);
    const apart = await until('only one vendor is served', SOON_MS, async () => {
      const all = observationsOf(await search());
      return fromSource('lakeview', all).length === 0 ? all : undefined;
    });
    expect(fromSource('northside', apart).length).toBe(apart.length);
    expect((await search(AT_LAKEVIEW)).status).toBe(403);
    expect((await outside.lakeview.send('corrections', { code: 'FERR', value: '13.1' })).code).toBe('AA');
    const other = await outside.lakeview.send('merges');
    await until('what came later is converted', SOON_MS, async () => {
      const all = await system.must('inbox', 'list');
      return !all.includes('\treceived\t') && all.includes(other.controlId);
    });
    expect(fromSource('lakeview', observationsOf(await search()))).toEqual([]);
  });
});

describe('the whole story', () => {
  it('leaves a database in which everything is as it was recorded', async () => {
    const { code, stdout } = await outside.audit(system);
    expect({ code, report: JSON.parse(stdout) }).toMatchObject({ code: 0, report: { findings: [] } });
  });
});

const openingsSchema = z.object({
  openings: z.array(z.object({ group: z.string(), bytes: z.base64() })),
});
const linksSchema = z.object({
  digest: z.string(),
  salt: z.string(),
  sender: z.string(),
  converter: z.object({ name: z.string(), version: z.string(), maps: z.string() }),
});

/** What the record of a message says of where it came from, as an auditor opens it. */
async function recordOf(digest: string, newest: number) {
  for (let index = 0; index <= newest; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    const { text } = await system.ask(`/receipts/${index}`, { client: 'auditor' });
    for (const { group, bytes } of openingsSchema.parse(JSON.parse(text)).openings) {
      const links = linksSchema.safeParse(JSON.parse(Buffer.from(bytes, 'base64').toString('utf8')));
      if (group.endsWith('/links') && links.data?.digest === digest) return { index, record: links.data };
    }
  }
  return undefined;
}

/** SHA-256 of a message's bytes, as it was sent. */
async function hashOf(controlId: string): Promise<string> {
  const message = (await outside.lakeview.sent()).find((each) => each.controlId === controlId)?.message ?? '';
  return createHash('sha256').update(Buffer.from(message, 'latin1')).digest('hex');
}
