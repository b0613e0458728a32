import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { requestToken } from '../../apps/cli/src/assertion.js';
import { codeOf, jsonOf, matchesOf, mustReceipt } from './answers.js';
import { kill } from './processes.js';
import { flags } from './run.js';
import { System, type Answer, type Ask } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 120_000;
const SOON_MS = 60_000;
const APP = 'writer-app';
const FHIR = { 'content-type': 'application/fhir+json' };
/** Northside is asked for Observations by their category: it must have one to be met again. */
const VITAL_SIGNS = [
  {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }],
  },
];
const PATCH = { 'content-type': 'application/json-patch+json' };

jest.setTimeout(LIMIT_MS);

const system = new System({ WRITE_LOOKUP_EVERY_S: '1' });
let northside = '';
beforeAll(async () => {
  const port = await freePort();
  northside = `http://127.0.0.1:${port}/admin`;
  return system.start({ DEMO_EHR_PORT: String(port) });
});
afterAll(() => system.dispose());

const ask = (method: string, path: string, more: Ask = {}) => system.fhir(APP, path, { ...more, method });

/** An Observation of the first of the people, its value as it is written. */
function observation(more: Readonly<Record<string, unknown>> = {}): string {
  const text = JSON.stringify({
    resourceType: 'Observation',
    ...more,
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
    subject: { reference: `Patient/${system.person(0).patient}` },
    effectiveDateTime: '2026-05-01T08:00:00Z',
  });
  return `${text.slice(0, -1)},"valueQuantity":{"value":120.00,"unit":"mmHg"}}`;
}

const create = (body = observation()) => ask('POST', '/Observation', { headers: FHIR, body });
const etagOf = ({ headers }: Answer): string => headers.get('etag') ?? '';
const pathOf = ({ headers }: Answer): string =>
  /\/Observation\/[^/]+/.exec(headers.get('location') ?? '')?.[0] ?? '';

/** She signs what the app may do with her Observations, and it is in force. */
async function grant(actions: string, name: string, client = APP): Promise<void> {
  const { patient, subject } = system.person(0);
  const who = { person: patient, subject, 'to-client': client };
  const what = { classes: 'Observation,Provenance', actions, purpose: 'TREAT', for: '1h' };
  await system.must('grant', ...flags({ ...who, ...what, out: system.file(name) }), '--wait');
}

/** The receipt of an answer, verified offline; with the body where one left. */
async function verified(answer: Answer): Promise<string> {
  const out = system.file('receipt.json');
  const { index } = mustReceipt(answer);
  await system.must('receipt', '--index', String(index), '--client', APP, '--out', out);
  const wire = system.file('wire.json');
  writeFileSync(wire, answer.text);
  const options = ['--policy', system.file('policy.txt'), '--offline'];
  const body = answer.text === '' ? [] : ['--wire', wire];
  const { code, stdout } = await system.proviso('verify', out, ...options, ...body);
  // valid; that no anchor covers it yet is no matter here
  expect([0, 2]).toContain(code);
  return stdout;
}

/** An Observation of Northside's about her. */
async function theirs(): Promise<{ readonly path: string; readonly read: Answer }> {
  const search = await ask('GET', `/Observation?patient=${system.person(0).patient}&_count=100`);
  for (const id of matchesOf(search)) {
    const read = await ask('GET', `/Observation/${id}`);
    if (read.text.includes('urn:proviso:source:northside')) return { path: `/Observation/${id}`, read };
  }
  throw new Error('Northside brought none');
}

const VISITS = z.array(z.object({ method: z.string(), url: z.string(), status: z.number() }));

/** Statuses of the writes of Observations by a method that came to Northside. */
async function writesBy(method: 'PUT' | 'POST'): Promise<readonly number[]> {
  const visits = VISITS.parse(await (await fetch(`${northside}/visits`)).json());
  const writes = visits.filter((each) => each.method === method && each.url.includes('/Observation'));
  return writes.map(({ status }) => status);
}

/** Northside misbehaves at its next write. */
async function misbehave(kind: 'write-then-hang' | 'lose-write'): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify([{ kind, times: 1 }]);
  expect((await fetch(`${northside}/faults`, { method: 'PUT', headers, body })).status).toBe(200);
}

/** A client without a source of its own: what it creates goes to the vendor of the patient. Gives its token. */
async function vendorsClient(client: string): Promise<string> {
  const key = system.file(`${client}.jwk.json`);
  const scope = 'system/Observation.cruds';
  await system.must('client', 'add', ...flags({ id: client, key, scope, purpose: 'TREAT' }));
  await grant('access,collect', `${client}.json`, client);
  const jwk = z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(key, 'utf8')));
  const { tokenUrl } = system.ready;
  const asked = { tokenUrl, client, jwk, scope, purpose: 'TREAT' };
  return (await requestToken(asked)).access_token;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an app that owns a source', () => {
  it('writes nothing before the person says so, and reading is not enough', async () => {
    const refused = await create();
    expect([refused.status, codeOf(refused)]).toEqual([403, 'consent-denied']);
    mustReceipt(refused);
    await grant('access', 'read.json');
    expect(codeOf(await create())).toBe('consent-denied');
    const reader = await system.fhir('demo-app', '/Observation', {
      method: 'POST',
      headers: FHIR,
      body: observation(),
    });
    expect(codeOf(reader)).toBe('scope-insufficient');
  });

  it('creates, reads back the very bytes, changes, patches and deletes, each under a receipt that verifies', async () => {
    await grant('access,collect,correct', 'write.json');
    const made = await create();
    expect(made.status).toBe(201);
    const path = pathOf(made);
    const read = await ask('GET', path);
    expect([read.text, etagOf(read)]).toEqual([made.text, etagOf(made)]);
    expect(read.text).toContain('"value":120.00');
    expect(await verified(made)).toContain('ok');

    const [, , id = ''] = path.split('/');
    const body = observation({ id, status: 'amended' });
    const headers = { ...FHIR, 'if-match': etagOf(made) };
    expect(codeOf(await ask('PUT', path, { headers: FHIR, body }))).toBe('precondition');
    const updated = await ask('PUT', path, { headers, body });
    expect(updated.status).toBe(200);
    expect(codeOf(await ask('PUT', path, { headers, body }))).toBe('precondition');

    const operations = [{ op: 'add', path: '/note', value: [{ text: 'seated' }] }];
    const patch = { headers: { ...PATCH, 'if-match': etagOf(updated) }, body: JSON.stringify(operations) };
    const patched = await ask('PATCH', path, patch);
    expect([patched.status, patched.text.includes('"value":120.00')]).toEqual([200, true]);
    expect(jsonOf(patched.text)).toMatchObject({ note: [{ text: 'seated' }] });
    await verified(patched);

    const gone = await ask('DELETE', path, { headers: { 'if-match': etagOf(patched) } });
    expect([gone.status, gone.text]).toEqual([204, '']);
    await verified(gone);
    expect((await ask('GET', path)).status).toBe(410);
    const history = await ask('GET', `${path}/_history`);
    expect(jsonOf(history.text)).toMatchObject({
      entry: ['DELETE', 'PUT', 'PUT', 'PUT'].map((method) => ({ request: { method } })),
    });
  });

  it('changes at its vendor what the vendor brought, and nowhere else', async () => {
    const { path, read } = await theirs();
    const body = read.text.replace('"status":"final"', '"status":"amended"');
    const headers = { ...FHIR, 'if-match': etagOf(read) };
    const updated = await ask('PUT', path, { headers, body });
    expect([updated.status, updated.text.includes('"status":"amended"')]).toEqual([200, true]);
    await verified(updated);
    expect((await ask('GET', path)).text).toBe(updated.text);
    expect(codeOf(await ask('PUT', path, { headers, body }))).toBe('precondition');
    expect(await writesBy('PUT')).toEqual([200]);
  });

  it('tells of a lost answer, finds out what became of it, and never writes twice under a key', async () => {
    const { path, read } = await theirs();
    const body = read.text.replace(/"status":"[a-z]+"/, '"status":"corrected"');
    const headers = { ...FHIR, 'if-match': etagOf(read), 'idempotency-key': 'e2e-1' };
    const again = () => ask('PUT', path, { headers, body });
    const before = (await writesBy('PUT')).length;
    await misbehave('write-then-hang');
    const lost = await again();
    expect([lost.status, codeOf(lost)]).toEqual([504, 'source-timeout']);
    const reference = lost.headers.get('x-write-reference');
    const early = await again();
    expect([early.status, early.headers.get('x-write-reference')]).toEqual([503, reference]);
    expect(early.headers.get('retry-after')).toBe('30');
    const done = await until('the write was looked up', 60_000, async () => {
      const answer = await again();
      return answer.status === 200 ? answer : undefined;
    });
    const now = await ask('GET', path);
    expect(now.text).toContain('"status":"corrected"');
    expect(etagOf(done)).toBe(etagOf(now));
    expect((await writesBy('PUT')).length).toBe(before + 1);
    expect(codeOf(await ask('PUT', path, { headers, body: read.text }))).toBe('version-conflict');
  });

  it('is killed between intent and outcome: what the vendor holds is found, what it does not hold may be sent', async () => {
    const token = await vendorsClient('order-app');
    const order = (key: string) => {
      const headers = { ...FHIR, 'idempotency-key': key };
      const body = observation({ category: VITAL_SIGNS, note: [{ text: key }] });
      return system.ask('/fhir/R4/Observation', { method: 'POST', token, headers, body });
    };
    const answers: Promise<unknown>[] = [];
    const send = async (key: string, kind: 'write-then-hang' | 'lose-write') => {
      const before = (await writesBy('POST')).length;
      await misbehave(kind);
      answers.push(order(key).catch(() => 'none'));
      await until(`${key} is sent`, SOON_MS, async () => (await writesBy('POST')).length > before);
    };
    await send('killed-lost', 'lose-write');
    await send('killed-stored', 'write-then-hang');
    kill(system.part('node')?.pid ?? 0);
    expect(await Promise.all(answers)).toEqual(['none', 'none']);
    expect(await writesBy('POST')).toEqual([503, 201]);
    const early = await until('the node is back', SOON_MS, () => order('killed-stored'));
    expect([early.status, early.headers.has('x-write-reference')]).toEqual([503, true]);
    const ended = (key: string) =>
      until(`${key} came to an end`, SOON_MS, async () => {
        const answer = await order(key);
        return answer.status === 201 ? answer : undefined;
      });
    const [stored, lost] = [await ended('killed-stored'), await ended('killed-lost')];
    expect([pathOf(await order('killed-stored')), pathOf(await order('killed-lost'))]).toEqual([
      pathOf(stored),
      pathOf(lost),
    ]);
    // one of them was never asked twice for, the other once more
    expect(await writesBy('POST')).toEqual([503, 201, 201]);
    const held = await ask('GET', `/Observation?patient=${system.person(0).patient}&_count=100`);
    for (const key of ['killed-stored', 'killed-lost']) {
      expect(held.text.split(`"text":"${key}"`)).toHaveLength(2);
    }
    for (const answer of [stored, lost]) {
      mustReceipt(answer);
      const history = jsonOf((await ask('GET', `${pathOf(answer)}/_history`)).text);
      expect(history).toMatchObject({ entry: [{ request: { method: 'PUT' } }] });
    }
  });

  it('deletes at its vendor what it may', async () => {
    const { path, read } = await theirs();
    const gone = await ask('DELETE', path, { headers: { 'if-match': etagOf(read) } });
    expect(gone.status).toBe(204);
    expect((await ask('GET', path)).status).toBe(410);
  });

  it('finds what it wrote where it looks for it', async () => {
    const made = await create();
    const again = await ask('GET', `/Observation?patient=${system.person(0).patient}&_count=100`);
    expect(matchesOf(again)).toContain(pathOf(made).split('/')[2]);
    const told = await ask('GET', `/Provenance?target=${encodeURIComponent(pathOf(made).slice(1))}`);
    expect(told.text).toContain(`"system":"urn:proviso:client","value":"${APP}"`);
  });

  it('writes once under an Idempotency-Key, and is told the same again under another receipt', async () => {
    const headers = { ...FHIR, 'idempotency-key': 'order-1' };
    const [first, again] = [
      await ask('POST', '/Observation', { headers, body: observation() }),
      await ask('POST', '/Observation', { headers, body: observation() }),
    ];
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect([etagOf(again), pathOf(again)]).toEqual([etagOf(first), pathOf(first)]);
    expect(mustReceipt(again).index).toBeGreaterThan(mustReceipt(first).index);
    const other = await ask('POST', '/Observation', { headers, body: observation({ language: 'en' }) });
    expect([other.status, codeOf(other)]).toEqual([409, 'version-conflict']);
  });

  it('leaves a log in which the auditor finds nothing wrong', async () => {
    const { code, stderr, stdout } = await system.auditDatabase();
    expect({ code, stderr, said: jsonOf(stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      said: { findings: [] },
    });
  });
});
