import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSourceProfiles } from './load-source-profiles.js';

const NORTHSIDE = {
  id: 'northside',
  name: 'Northside',
  baseUrl: 'https://ehr.example/r4/',
  auth: { clientId: 'proviso', keyFile: 'key.pem', alg: 'RS384', scopes: ['system/*.rs'] },
  zone: 'America/Chicago',
  types: [{ type: 'Observation', variants: [{ category: 'laboratory' }] }],
};

describe('loadSourceProfiles', () => {
  let folder: string;
  let file: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vendors-'));
    file = join(folder, 'vendors.json');
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function load(content: unknown) {
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
    return loadSourceProfiles(file);
  }

  it('reads one profile or a list, fills in defaults, and finds keys beside the file', async () => {
    const [one] = await load(NORTHSIDE);
    expect(one).toMatchObject({
      baseUrl: 'https://ehr.example/r4',
      auth: { keyFile: join(folder, 'key.pem') },
      freshnessS: 300,
      limits: { attempts: 4, pages: 1000 },
      types: [{ type: 'Observation', patientParam: 'patient', variants: [{ category: 'laboratory' }] }],
    });
    expect(await load([NORTHSIDE, { ...NORTHSIDE, id: 'southside' }])).toHaveLength(2);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['a missing member', { ...NORTHSIDE, zone: undefined }, /zone/],
    ['an unknown member', { ...NORTHSIDE, colour: 'red' }, /colour/],
    ['an unknown zone', { ...NORTHSIDE, zone: 'Mars/Base' }, /IANA/],
    ['plain http', { ...NORTHSIDE, baseUrl: 'http://ehr.example/r4' }, /https/],
    ['credentials in the URL', { ...NORTHSIDE, baseUrl: 'https://a:b@ehr.example/r4' }, /credentials/],
    ['an id with a bar', { ...NORTHSIDE, id: 'north|side' }, /lower case/],
    ["the id of a client's own source", { ...NORTHSIDE, id: 'app-writer' }, /must not begin/],
    ['the same id twice', [NORTHSIDE, NORTHSIDE], /same id/],
    ['a weak algorithm', { ...NORTHSIDE, auth: { ...NORTHSIDE.auth, alg: 'HS256' } }, /alg/],
    ['no type to pull', { ...NORTHSIDE, types: [] }, /types/],
  ])('refuses %s and names the file and the fault', async (_what, content, fault) => {
    await expect(load(content)).rejects.toThrow(fault);
    await expect(load(content)).rejects.toThrow(file);
  });

  it('reads senders of HL7 v2 among the others', async () => {
    const lakeview = { kind: 'v2', id: 'lakeview', name: 'Lakeview', peers: { loopback: true } };
    expect(await load([NORTHSIDE, lakeview])).toMatchObject([
      { kind: 'fhir', id: 'northside' },
      { kind: 'v2', id: 'lakeview', silentAfterS: 300, applications: [], authorities: {} },
    ]);
    await expect(load([lakeview, { ...NORTHSIDE, id: 'lakeview' }])).rejects.toThrow(/same id/);
    await expect(load({ ...lakeview, peers: {} })).rejects.toThrow(/somebody/);
    await expect(load({ ...lakeview, kind: 'fax' })).rejects.toThrow(/kind/);
  });

  it("takes the demo's templates, once their places are filled", async () => {
    const template = await readFile(join('apps', 'demo-ehr', 'vendors', 'northside.json'), 'utf8');
    const filled = template
      .replace('{{fhirBase}}', 'http://127.0.0.1:4001/r4')
      .replace('{{clientId}}', 'proviso')
      .replace('{{keyFile}}', 'northside.jwk');
    expect(filled).not.toContain('{{');
    expect(await load(filled)).toMatchObject([{ id: 'northside', benignOutcomes: ['4101'] }]);
    const lakeview = await readFile(join('apps', 'demo-ehr', 'vendors', 'lakeview.json'), 'utf8');
    expect(await load(lakeview)).toMatchObject([{ kind: 'v2', id: 'lakeview', peers: { loopback: true } }]);
  });
});
