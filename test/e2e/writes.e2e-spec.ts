import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf, jsonOf, matchesOf, mustReceipt } from './answers.js';
import { flags } from './run.js';
import { System, type Answer, type Ask } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 120_000;
const APP = 'writer-app';
const FHIR = { 'content-type': 'application/fhir+json' };
const PATCH = { 'content-type': 'application/json-patch+json' };

jest.setTimeout(LIMIT_MS);

const system = new System({ WRITE_LOOKUP_AFTER_S: '11', WRITE_LOOKUP_EVERY_S: '1' });
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
async function grant(actions: string, name: string): Promise<void> {
  const { patient, subject } = system.person(0);
  const who = { person: patient, subject, 'to-client': APP };
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

const VISITS = z.array(z.object({ method: z.string(), status: z.number() }));

/** Statuses of the updates that Northside answered. */
async function puts(): Promise<readonly number[]> {
  const visits = VISITS.parse(await (await fetch(`${northside}/visits`)).json());
  return visits.filter(({ method }) => method === 'PUT').map(({ status }) => status);
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
    expect(await puts()).toEqual([200]);
  });

  it('tells of a lost answer, finds out what became of it, and never writes twice under a key', async () => {
    const { path, read } = await theirs();
    const body = read.text.replace(/"status":"[a-z]+"/, '"status":"corrected"');
    const headers = { ...FHIR, 'if-match': etagOf(read), 'idempotency-key': 'e2e-1' };
    const again = () => ask('PUT', path, { headers, body });
    const before = (await puts()).length;
    await fetch(`${northside}/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ kind: 'write-then-hang', times: 1 }]),
    });
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
    expect((await puts()).length).toBe(before + 1);
    expect(codeOf(await ask('PUT', path, { headers, body: read.text }))).toBe('version-conflict');
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
