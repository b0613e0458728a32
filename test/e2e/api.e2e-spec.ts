import { readFileSync, writeFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf, jsonOf, matchesOf, mustReceipt, receiptOf } from './answers.js';
import { checkpointOf, entriesOf, leafOf } from './checkpoint.js';
import { observationsOf } from './observations.js';
import { everyRoute } from './every-route.js';
import { flags } from './run.js';
import { System } from './system.js';
import { until } from './until.js';

const LIMIT_MS = 180_000;
/** Far above what is needed: a loaded machine is no fault. */
const SOON_MS = 90_000;
/** Both know the first of the people. */
const SOURCES = ['urn:proviso:source:lakeview', 'urn:proviso:source:northside'];

jest.setTimeout(LIMIT_MS);

const system = new System({ ANCHOR_EVERY_S: '2' });
beforeAll(() => system.start());
afterAll(() => system.dispose());

/** What a grant of the tests is about. */
interface Wish {
  readonly person: number;
  readonly client: string;
  readonly name: string;
  readonly more?: readonly string[];
}

/** She signs a grant of her Observations and waits until it is in force. */
async function grant({ person, client, name, more = ['--for', '1h'] }: Wish): Promise<string> {
  const { patient, subject } = system.person(person);
  const who = { person: patient, subject, 'to-client': client };
  const what = { classes: 'Observation', purpose: 'TREAT', out: system.file(name) };
  return (await system.must('grant', ...flags({ ...who, ...what }), '--wait', ...more)).trim();
}

function revoke(person: number, name: string): Promise<string> {
  return system.must('revoke', '--person', system.person(person).patient, '--grant', system.file(name));
}

/** A grant as the gateway tells of it. */
const shownAs = async (name: string) =>
  jsonOf(await system.must('grants', 'show', '--grant', system.file(name)));
const observations = (person: number) => `/Observation?patient=${system.person(person).patient}&_count=100`;
const status = async (client: string, person: number) =>
  (await system.fhir(client, observations(person))).status;

const sourcesIn = (answer: { readonly text: string }) =>
  observationsOf(answer).map(({ meta }) => meta.source);

const bundleSchema = z.looseObject({
  entry: z.string(),
  tlogProof: z.string(),
  openings: z.array(z.looseObject({ group: z.string(), salt: z.string() })).min(1),
});
const openedSchema = z.looseObject({ op: z.looseObject({ interaction: z.string(), outcome: z.string() }) });
async function opened(index: bigint, client: string) {
  const text = await system.must('receipt', '--index', String(index), '--client', client, '--opened');
  return openedSchema.parse(jsonOf(text));
}

describe('an app without a grant', () => {
  it('is refused for a named patient, and for one that does not exist, in the same words and sealed', async () => {
    const refused = await system.fhir('second-app', observations(0));
    const unknown = await system.fhir(
      'second-app',
      '/Observation?patient=00000000-0000-4000-8000-000000000000&_count=100',
    );
    expect([refused.status, unknown.status]).toEqual([403, 403]);
    expect(unknown.text).toBe(refused.text);
    expect(codeOf(refused)).toBe('consent-denied');
    const record = await opened(mustReceipt(refused).index, 'second-app');
    expect(record.op).toMatchObject({ interaction: 'search-type', outcome: 'consent-denied', status: 403 });
    expect(mustReceipt(unknown).index).toBeGreaterThan(mustReceipt(refused).index);
  });

  it('finds nothing where nobody is named, and 404 at an instance', async () => {
    const search = await system.fhir('second-app', '/Observation');
    expect({ status: search.status, matches: matchesOf(search) }).toEqual({ status: 200, matches: [] });
    const { patient } = system.person(0);
    const read = await system.fhir('second-app', `/Patient/${patient}`);
    expect({ status: read.status, code: codeOf(read) }).toEqual({ status: 404, code: 'not-found' });
    expect([receiptOf(search), receiptOf(read)]).not.toContain(undefined);
  });

  it('is told nothing without a valid token, and that is not sealed', async () => {
    const nobody = await system.ask(`/fhir/R4${observations(0)}`);
    expect({ status: nobody.status, code: codeOf(nobody) }).toEqual({ status: 401, code: 'login-required' });
    const stranger = await system.ask(`/fhir/R4${observations(0)}`, { token: 'x'.repeat(43) });
    expect({ status: stranger.status, code: codeOf(stranger) }).toEqual({
      status: 401,
      code: 'token-expired',
    });
    expect([receiptOf(nobody), receiptOf(stranger)]).toEqual([undefined, undefined]);
  });
});

describe('a granted app', () => {
  let body = '';
  let index = 0n;
  const receiptFile = system.file('receipt.json');
  const verify = (...more: readonly string[]) =>
    system.proviso('verify', receiptFile, '--policy', system.file('policy.txt'), ...more);

  beforeAll(async () => {
    await grant({ person: 0, client: 'demo-app', name: 'first.json' });
  });

  it('is served both sources’ Observations with a receipt that says on which consent', async () => {
    const answer = await until('both sources are in the answer', SOON_MS, async () => {
      const asked = await system.fhir('demo-app', observations(0));
      return new Set(sourcesIn(asked)).size === SOURCES.length && asked;
    });
    expect(answer.status).toBe(200);
    expect([...new Set(sourcesIn(answer))].toSorted()).toEqual(SOURCES);
    expect(sourcesIn(answer).length).toBeGreaterThan(3);
    body = answer.text;
    ({ index } = mustReceipt(answer));
    expect(mustReceipt(answer).origin).toBe(system.ready.log.origin);
    const record = await opened(index, 'demo-app');
    expect(record).toMatchObject({
      op: { outcome: 'permit', status: 200 },
      actor: { client: 'demo-app', purpose: 'TREAT' },
      'sub:0/decision': { effect: 'permit', basis: [{ kind: 'consent', chainId: system.ready.chain.id }] },
    });
  });

  it('reads one of them, its version and its history', async () => {
    const [id = ''] = matchesOf({ text: body });
    const read = await system.fhir('demo-app', `/Observation/${id}`);
    const version = /W\/"(.+)"/.exec(read.headers.get('etag') ?? '')?.[1] ?? '';
    const vread = await system.fhir('demo-app', `/Observation/${id}/_history/${version}`);
    expect([read.status, vread.status]).toEqual([200, 200]);
    expect(vread.text).toBe(read.text);
    expect(body).toContain(read.text);
    const history = await system.fhir('demo-app', `/Observation/${id}/_history`);
    expect(jsonOf(history.text)).toMatchObject({ type: 'history', entry: [{ resource: { id } }] });
    const unchanged = await system.fhir('demo-app', `/Observation/${id}`, {
      headers: { 'if-none-match': `W/"${version}"` },
    });
    expect({ status: unchanged.status, text: unchanged.text }).toEqual({ status: 304, text: '' });
    for (const answer of [read, vread, history, unchanged]) mustReceipt(answer);
  });

  it('is served the same by POST, and page by page', async () => {
    const form = new URLSearchParams({ patient: system.person(0).patient, _count: '100' }).toString();
    const posted = await system.fhir('demo-app', '/Observation/_search', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form,
    });
    expect(matchesOf(posted)).toEqual(matchesOf({ text: body }));
    const paged: string[] = [];
    let path: string | undefined = `/fhir/R4/Observation?patient=${system.person(0).patient}&_count=3`;
    while (path !== undefined) {
      // oxlint-disable-next-line no-await-in-loop -- a page tells where the next one is
      const page = await system.ask(path, { client: 'demo-app' });
      paged.push(...matchesOf(page));
      path = nextOf(page.text);
    }
    expect(paged.toSorted()).toEqual([...matchesOf({ text: body })].toSorted());
  });

  it('is refused other types, other patients, other purposes and other scopes', async () => {
    const other = await system.fhir('demo-app', `/Condition?patient=${system.person(0).patient}`);
    expect([other.status, await status('demo-app', 1)]).toEqual([403, 403]);
    const narrow = await system.must('token', '--client', 'demo-app', '--scope', 'system/Condition.rs');
    const outOfScope = await system.ask(`/fhir/R4${observations(0)}`, { token: narrow.trim() });
    expect({ status: outOfScope.status, code: codeOf(outOfScope) }).toEqual({
      status: 403,
      code: 'scope-insufficient',
    });
    const purpose = await system.proviso('token', '--client', 'demo-app', '--purpose', 'HMARKT');
    expect(purpose.code).toBe(1);
  });

  it('gets a receipt that verifies offline, and against the exact bytes that it received', async () => {
    await system.must('receipt', '--index', String(index), '--client', 'demo-app', '--out', receiptFile);
    writeFileSync(system.file('wire.json'), body);
    writeFileSync(system.file('wrong.json'), `${body} `);
    const offline = await verify('--offline', '--wire', system.file('wire.json'));
    expect({ code: offline.code, stderr: offline.stderr }).toEqual({ code: 2, stderr: '' });
    expect(offline.stdout).toContain('valid, but not (checkably) anchored');
    const wrong = await verify('--offline', '--wire', system.file('wrong.json'));
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^failed\s+wire/m);
    const json = await verify('--offline', '--json', '--wire', system.file('wrong.json'));
    expect(json.code).toBe(1);
    expect(jsonOf(json.stdout)).toMatchObject({ verdict: 'invalid' });
  });

  it('gets a receipt that no edit survives', async () => {
    const text = readFileSync(receiptFile, 'utf8');
    const bundle = bundleSchema.parse(jsonOf(text));
    const { openings } = bundle;
    const edits = [
      { ...bundle, entry: flipped(bundle.entry) },
      { ...bundle, tlogProof: bundle.tlogProof.replace(/^index (\d+)/m, 'index 0') },
      { ...bundle, openings: openings.map((each) => ({ ...each, salt: flipped(each.salt) })) },
    ];
    for (const [at, edit] of edits.entries()) {
      writeFileSync(receiptFile, JSON.stringify(edit));
      // oxlint-disable-next-line no-await-in-loop -- one edit after the other
      expect({ at, code: (await verify('--offline')).code }).toEqual({ at, code: 1 });
    }
    writeFileSync(receiptFile, text);
  });

  it('gets a receipt that is valid and anchored once the chain holds a head that covers it', async () => {
    await until('an anchor covers the receipt', SOON_MS, async () => {
      await system.must('receipt', '--index', String(index), '--client', 'demo-app', '--out', receiptFile);
      return readFileSync(receiptFile, 'utf8').includes('"blockHash"');
    });
    const rpc = ['--rpc', system.ready.chain.rpcUrl];
    expect((await verify()).code).toBe(2);
    expect((await verify(...rpc)).code).toBe(2);
    const anchored = await verify(...rpc, '--allow-development-chain', '--json');
    expect({ code: anchored.code, said: jsonOf(anchored.stdout) }).toMatchObject({
      code: 0,
      said: { verdict: 'valid-anchored' },
    });
    const other = ['--allow-development-chain', '--rpc', 'http://127.0.0.1:9'];
    expect((await verify(...other)).code).toBe(2);
  });

  it('ends with 64 where the command is not told what it needs', async () => {
    const { code } = await system.proviso('verify', receiptFile);
    expect(code).toBe(64);
    expect((await verify('--wire', system.file('absent'))).code).toBe(64);
    writeFileSync(system.file('no-policy.txt'), 'trust everybody\n');
    const misled = await system.proviso('verify', receiptFile, '--policy', system.file('no-policy.txt'));
    expect(misled.code).toBe(64);
  });

  it('alone may fetch its receipt, beside an auditor, who sees all of it', async () => {
    const path = `/receipts/${index}`;
    const mine = await system.ask(path, { client: 'demo-app' });
    const foreign = await system.ask(path, { client: 'second-app' });
    const none = await system.ask('/receipts/999999999', { client: 'second-app' });
    expect([mine.status, foreign.status, none.status]).toEqual([200, 404, 404]);
    expect(foreign.text).toBe(none.text);
    const audited = await system.ask(path, { client: 'auditor' });
    expect(audited.status).toBe(200);
    expect(groupsOf(audited.text)).toEqual(expect.arrayContaining([...groupsOf(mine.text), 'sub:0/subject']));
    expect(groupsOf(mine.text)).not.toContain('sub:0/subject');
  });
});

describe('what a person signs', () => {
  it('ends by itself at its second, nobody having done anything', async () => {
    const seconds = 3;
    await grant({
      person: 2,
      client: 'second-app',
      name: 'short.json',
      more: ['--for', `${seconds}s`],
    }).catch(
      // on a loaded machine it may be over before the command has looked
      () => undefined,
    );
    await until('the short grant is over', SOON_MS, async () => (await status('second-app', 2)) === 403);
    const checked = await system.must(
      'grants',
      'check',
      ...flags({ grant: system.file('short.json'), class: 'Observation', purpose: 'TREAT' }),
    );
    expect(checked).toBe('not in force\n');
  });

  it('is in force until then', async () => {
    await grant({ person: 2, client: 'second-app', name: 'longer.json', more: ['--for', '10m'] });
    expect(await status('second-app', 2)).toBe(200);
    await revoke(2, 'longer.json');
    expect(await status('second-app', 2)).toBe(403);
  });

  it('is not in force before its time', async () => {
    const from = new Date(Date.now() + 3_600_000).toISOString();
    const grantId = await grant({
      person: 2,
      client: 'second-app',
      name: 'future.json',
      more: ['--from', from, '--for', '1h'],
    });
    expect(await status('second-app', 2)).toBe(403);
    expect(grantId).toMatch(/^0x[0-9a-f]{64}$/);
  });

  it('tells its state from filing to the end, and a revocation counts at once', async () => {
    const grantId = await grant({ person: 1, client: 'demo-app', name: 'second.json' });
    expect(await shownAs('second.json')).toMatchObject({
      grantId,
      kind: 'permit',
      state: 'in-force',
      version: 1,
    });
    expect(await status('demo-app', 1)).toBe(200);
    expect(await revoke(1, 'second.json')).toBe(`revoked ${grantId}\n`);
    expect(await status('demo-app', 1)).toBe(403);
    await until('the revocation is on the chain', SOON_MS, async () => {
      const view = flags({ grant: system.file('second.json'), class: 'Observation', purpose: 'TREAT' });
      return (await system.must('grants', 'check', ...view)) === 'not in force\n';
    });
    expect(await shownAs('second.json')).toMatchObject({ state: 'ended' });
    expect(await status('demo-app', 1)).toBe(403);
  });

  it('may deny what another grant permits, from the moment of filing, until the deny is revoked', async () => {
    await grant({ person: 3, client: 'demo-app', name: 'permit.json' });
    expect(await status('demo-app', 3)).toBe(200);
    await grant({ person: 3, client: 'demo-app', name: 'deny.json', more: ['--for', '1h', '--deny'] });
    expect(await status('demo-app', 3)).toBe(403);
    await revoke(3, 'deny.json');
    await until('the permit counts again', SOON_MS, async () => (await status('demo-app', 3)) === 200);
  });

  it('is refused from a key that does not speak for her, and filed for nobody else', async () => {
    const [mine, other] = [system.person(1), system.person(2)];
    const key = system.file('stranger.key');
    await system.must('key', 'new', '--out', key);
    const wish = { 'to-client': 'demo-app', classes: 'Observation', purpose: 'TREAT', for: '1h' };
    const out = system.file('never.json');
    const asStranger = { key, patient: mine.patient, subject: mine.subject };
    const forged = await system.proviso('grant', ...flags({ ...asStranger, ...wish, out }));
    expect({ code: forged.code, said: forged.stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('POST /consent/grants: 4'),
    });
    const forAnother = { person: mine.patient, patient: other.patient, subject: mine.subject };
    const crossed = await system.proviso('grant', ...flags({ ...forAnother, ...wish, out }));
    expect(crossed.code).toBe(1);
    expect([await status('demo-app', 1), await status('demo-app', 2)]).toEqual([403, 403]);
  });

  it('is bound to a new key by a registrar only where the old key agrees, and then counts', async () => {
    const { patient } = system.person(1);
    const key = system.file('new.key');
    await system.must('key', 'new', '--out', key);
    const alone = await system.proviso('bind', '--patient', patient, '--key', key);
    expect({ code: alone.code, said: alone.stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('412'),
    });
    const bound = await system.must('bind', '--patient', patient, '--key', key, '--old-person', patient);
    const subject = bound.trim();
    const wish = { 'to-client': 'second-app', classes: 'Observation', purpose: 'TREAT', for: '1h' };
    const out = system.file('by-new-key.json');
    await until('the subject can sign', SOON_MS, async () => {
      const filed = await system.proviso(
        'grant',
        ...flags({ key, patient, subject, ...wish, out }),
        '--wait',
      );
      return filed.code === 0;
    });
    expect(await status('second-app', 1)).toBe(200);
  });
});

describe('administration', () => {
  it('adds, lists and removes clients; a removed client’s token dies with it', async () => {
    const key = system.file('visitor.jwk.json');
    const registration = { id: 'visitor', key, scope: 'system/Observation.rs', purpose: 'TREAT' };
    expect(await system.must('client', 'add', ...flags(registration))).toBe('registered visitor\n');
    expect(await system.must('client', 'list')).toMatch(/^visitor\t/m);
    const scope = ['--scope', 'system/Observation.rs'];
    const token = (await system.must('token', '--client', 'visitor', '--key', key, ...scope)).trim();
    expect((await system.ask(`/fhir/R4${observations(0)}`, { token })).status).toBe(403);
    expect(await system.must('client', 'remove', '--id', 'visitor')).toBe('removed visitor\n');
    const dead = await system.ask(`/fhir/R4${observations(0)}`, { token });
    expect({ status: dead.status, code: codeOf(dead) }).toEqual({ status: 401, code: 'token-expired' });
    expect(await system.must('client', 'list')).not.toContain('visitor');
    const again = await system.proviso('token', '--client', 'visitor', '--key', key, ...scope);
    expect({ code: again.code, said: again.stderr }).toEqual({
      code: 1,
      said: expect.stringContaining('invalid_client'),
    });
  });

  it('is closed to everybody without its role, and the refusal is sealed', async () => {
    for (const client of ['demo-app', 'registrar', 'wallet', 'auditor']) {
      // oxlint-disable-next-line no-await-in-loop -- one client after the other
      const answer = await system.ask('/admin/clients', { client });
      expect({ client, status: answer.status, code: codeOf(answer) }).toEqual({
        client,
        status: 403,
        code: 'scope-insufficient',
      });
      expect((await opened(mustReceipt(answer).index, client)).op).toMatchObject({ status: 403 });
    }
  });
});

describe('every route', () => {
  everyRoute(system);
});

describe('the log', () => {
  it('holds every receipt that was given, under one checkpoint that extends the one before', async () => {
    const earlier = await checkpointOf(system);
    const given = await Promise.all(
      Array.from({ length: 20 }, async () => mustReceipt(await system.fhir('demo-app', observations(0)))),
    );
    const top = given.reduce((most, { index }) => (index > most ? index : most), 0n);
    const later = await until('the checkpoint covers them', SOON_MS, async () => {
      const newest = await checkpointOf(system);
      return newest.size > top ? newest : undefined;
    });
    const leaves = (await entriesOf(system, later.size)).map(leafOf);
    expect(given.map(({ index }) => leaves[Number(index)])).toEqual(given.map(({ leaf }) => leaf));
    const files = [earlier, later].map(({ text, size }) => {
      const file = system.file(`checkpoint-${size}.txt`);
      writeFileSync(file, text);
      return file;
    });
    const policy = ['--policy', system.file('policy.txt')];
    expect(await system.must('consistency', ...files, ...policy)).toBe(
      `${later.size} extends ${earlier.size}\n`,
    );
    const reversed = await system.proviso('consistency', ...files.toReversed(), ...policy);
    expect(reversed.code).toBe(1);
  });

  it('passes the audit of anybody who reads it by its URL', async () => {
    const url = `${system.origin}/log/default`;
    const policy = system.file('policy.txt');
    const { code, stdout } = await system.proviso('audit', '--log', url, '--policy', policy, '--json');
    expect({ code, failed: failedOf(stdout) }).toEqual({ code: 0, failed: [] });
  });

  it('and its database pass the audit of whoever has the keys', async () => {
    const { code, stdout, stderr } = await system.auditDatabase();
    expect({ code, stderr, said: jsonOf(stdout) }).toMatchObject({
      code: 0,
      stderr: '',
      said: { findings: [] },
    });
  });

  it('fails the audit against the keys of another log', async () => {
    const policy = readFileSync(system.file('policy.txt'), 'utf8');
    const stranger = policy.replaceAll(/(\+[A-Za-z0-9+/]{20})([A-Za-z0-9+/])/g, (_all, head: string, next) =>
      next === 'A' ? `${head}B` : `${head}A`,
    );
    writeFileSync(system.file('stranger.txt'), stranger);
    const url = `${system.origin}/log/default`;
    const { code } = await system.proviso('audit', '--log', url, '--policy', system.file('stranger.txt'));
    expect(code).not.toBe(0);
  });
});

function nextOf(text: string): string | undefined {
  const links = z
    .object({ link: z.array(z.object({ relation: z.string(), url: z.string() })) })
    .parse(jsonOf(text));
  const next = links.link.find(({ relation }) => relation === 'next');
  return next === undefined ? undefined : next.url.slice(system.origin.length);
}

/** Base64 with its tenth byte changed. */
function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes.writeUInt8(bytes.readUInt8(10) ^ 1, 10);
  return bytes.toString('base64');
}

function groupsOf(receipt: string): readonly string[] {
  return bundleSchema.parse(jsonOf(receipt)).openings.map(({ group }) => group);
}

function failedOf(report: string): readonly unknown[] {
  return z
    .object({ checks: z.array(z.looseObject({ state: z.string() })).min(1) })
    .parse(jsonOf(report))
    .checks.filter(({ state }) => state === 'failed');
}
