import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { seeded } from '../faults/seeded.js';
import { codeOf, jsonOf } from './answers.js';
import { say, type Heard } from './raw.js';
import { routesOfNode, type Route } from './routes.js';
import { flags } from './run.js';
import { System, type Answer, type Ask } from './system.js';

const LIMIT_MS = 240_000;
/** No answer may take longer, whatever is asked; a loaded machine is allowed for. */
const BOUND_MS = 15_000;
const SEED = 4_711;
const MIB = 1_048_576;
/** A node that kept what it is sent would be far above. */
const MEMORY_LIMIT_MIB = 700;
const HEADERS_TIMEOUT_MS = 1_000;
const REQUEST_TIMEOUT_MS = 2_000;
const CLIENTS = ['demo-app', 'second-app', 'wallet', 'administrator', 'registrar'];
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

jest.setTimeout(LIMIT_MS);

const system = new System({
  HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS),
  REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
  KEEP_ALIVE_TIMEOUT_MS: '1000',
  ACCESS_TOKEN_TTL_S: '3600',
});
/** What a well-behaved client meets meanwhile: status and milliseconds of each read. */
const meanwhile: { readonly status: number | undefined; readonly ms: number }[] = [];
const over = new AbortController();
let bystander: Promise<void> = Promise.resolve();
let nodePid: number | undefined;
let port = 0;

beforeAll(async () => {
  await system.start();
  const { patient, subject } = system.person(0);
  const grant = { person: patient, subject, 'to-client': 'demo-app', classes: 'Observation' };
  const rest = { purpose: 'TREAT', for: '1h', out: system.file('grant.json') };
  await system.must('grant', ...flags({ ...grant, ...rest }), '--wait');
  await Promise.all(CLIENTS.map((each) => system.token(each)));
  nodePid = system.part('node')?.pid;
  port = Number(new URL(system.origin).port);
  bystander = read(`/Observation?patient=${patient}`);
});
afterAll(async () => {
  over.abort();
  await bystander;
  await system.dispose();
});

/** Reads as an honest client does, all the time. */
async function read(path: string): Promise<void> {
  while (!over.signal.aborted) {
    const startMs = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one read after the other
    const status = await system.fhir('demo-app', path).then(
      (answer) => answer.status,
      () => undefined,
    );
    meanwhile.push({ status, ms: performance.now() - startMs });
  }
}

/** Asks within the bound. */
async function ask(path: string, request: Ask): Promise<Answer> {
  const startMs = performance.now();
  const answer = await system.ask(path, request);
  expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
  return answer;
}

const oauthSchema = z.object({ error: z.string() });

/** A refusal in the form of its place: an OperationOutcome, or an OAuth error. */
function expectRefusal(what: string, path: string, answer: Answer): void {
  const form = path.startsWith('/oauth')
    ? oauthSchema.safeParse(jsonOf(answer.text)).data?.error
    : codeOf(answer);
  const seen = { what, path: path.slice(0, 80), status: answer.status, form };
  const isRefused = answer.status >= 400 && answer.status < 500;
  expect({ ...seen, isRefused, form: typeof form }).toEqual({ ...seen, isRefused: true, form: 'string' });
}

const long = 'x'.repeat(12_000);
const ODD: readonly string[] = ['', long.slice(0, 500), '0x00', '\0', '../x', 'é', 'Patient', '0'];
const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** Searches that no server should take as they are. */
const SEARCHES: readonly string[] = [
  ...['_count=-1', '_count=abc', '_count=1e9', '_count=99999999999999999999', '_count=1&_count=2', '_count='],
  ...[
    '_cursor=x',
    '_cursor=',
    `_cursor=${'A'.repeat(4_000)}`,
    '_sort=nothing',
    '_sort=-_id,-_id,date,date,code',
  ],
  ...[
    'date=2020-13-45',
    'date=gt',
    'date=gtx',
    'date=99999999-01-01',
    '_lastUpdated=yesterday',
    'date=eq2020-02-30',
  ],
  ...['code=a|b|c', 'code=|', 'code:in=x', 'category:text=x', 'status=final&status='],
  ...['_id=../../etc/passwd', '_id=%00', '_id=%ff%fe', '_id=%', '_id=%zz', `_id=${'a'.repeat(65)}`],
  ...['patient=', `patient=${'a,'.repeat(600)}`],
  ...['patient.name=x', '_has:Observation:patient:code=x', '_include=*', '_revinclude=*'],
  ...[
    '_filter=a eq b',
    '_query=x',
    '_contained=true',
    '_summary=true',
    '_elements=x',
    '_format=xml',
    'constructor=1',
  ],
  ...['__proto__=1', 'hasOwnProperty=1', 'a[b]=c', '=x', `${long}=1`],
  `x=${long}`,
  Array.from({ length: 2_000 }, (_each, at) => `p${at}=1`).join('&'),
];

/** Searches that are well formed and can find nothing that the client may not see. */
const VAIN: readonly string[] = [
  'code:not=x',
  'patient=Observation/1',
  'patient=http://evil.example/Patient/1',
  'subject:Group=1',
  "patient='; drop table resource; --",
  "code='; drop table resource; --",
  "_id=x' or '1'='1",
];

/** Paths that lead nowhere. */
const PATHS: readonly string[] = [
  ...['/fhir/R4/', '/fhir/R4//', '/fhir/R4/Patient/', '/fhir/R4/Patient/%2e%2e/x', '/fhir/R4/Patient/%00'],
  ...[
    '/fhir/R4/Patient/%',
    '/fhir/R4/Patient/%ff',
    '/fhir/R4/patient',
    '/fhir/R4/__proto__',
    '/fhir/R4/Patient/a/_history/%',
  ],
  ...[
    `/fhir/R4/Patient/${'a'.repeat(65)}`,
    '/fhir/R4/Patient/$x',
    '/fhir/R4/$everything',
    '/fhir/R5/Patient',
  ],
  ...[
    '/log/default/tile/0/x',
    '/log/default/tile/99/000',
    '/log/default/tile/-1/000',
    '/log/other/checkpoint',
  ],
  ...[
    '/log/default/tile/0/x999/000',
    '/log/default/tile/0/999',
    '/log/default/consistency/0/1',
    '/log/default/',
  ],
  ...['/log/default/consistency/2/1', '/log/default/consistency/1/9999999999999999999', '/log/default/../x'],
  ...['/receipts/-1', '/receipts/x', '/receipts/99999999999999999999', '/receipts/%00', '/receipts/1e3'],
  ...[
    '/consent/grants/0x',
    '/consent/grants/x',
    `/consent/grants/0x${'0'.repeat(63)}`,
    '/consent/bindings/0x1',
  ],
  ...[
    '/consent/nothing',
    '/admin',
    '/admin/clients/%ff',
    '/.env',
    '/nothing',
    '/oauth/nothing',
    '/oauth/token',
  ],
];

/** Bodies that are not what a JSON route takes. */
const BODIES: readonly { readonly what: string; readonly body: string | Uint8Array<ArrayBuffer> }[] = [
  { what: 'nothing', body: '' },
  { what: 'no JSON', body: 'hello' },
  { what: 'half of an object', body: '{"subject":"0x' },
  { what: 'a list', body: '[]' },
  { what: 'null', body: 'null' },
  { what: 'a number', body: '1e999' },
  { what: 'an empty object', body: '{}' },
  { what: 'a deep list', body: deep },
  { what: 'a deep object', body: '{"a":'.repeat(50_000) },
  { what: 'a name twice', body: '{"subject":"0x00","subject":"0x01"}' },
  { what: 'a prototype', body: '{"__proto__":{"roles":["administrator"]},"constructor":{}}' },
  { what: 'a lone surrogate', body: '{"patient":"\\ud800"}' },
  { what: 'a byte order mark', body: '\ufeff{}' },
  { what: 'no UTF-8', body: Uint8Array.of(0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d) },
  { what: 'a NUL', body: '{"patient":"\\u0000"}' },
  { what: 'wrong types', body: JSON.stringify({ subject: 1, ops: 'x', op: [], terms: null, consent: {} }) },
  { what: 'huge lists', body: JSON.stringify({ ops: Array.from({ length: 20_000 }, () => ({})) }) },
  { what: 'a huge text', body: JSON.stringify({ id: 'x'.repeat(900_000) }) },
];
const WRITERS: readonly { readonly path: string; readonly client: string }[] = [
  { path: '/consent/bindings', client: 'registrar' },
  { path: '/consent/grants', client: 'wallet' },
  { path: '/consent/revocations', client: 'wallet' },
  { path: '/admin/clients', client: 'administrator' },
];

describe('a hostile client with a token', () => {
  const search = (type: string, query: string) =>
    ask(`/fhir/R4/${type}/_search`, {
      method: 'POST',
      client: 'second-app',
      headers: FORM_TYPE,
      body: query,
    });

  it.each(SEARCHES.map((query) => [query.slice(0, 60), query]))(
    'is refused a search by %s',
    async (_name, query) => {
      for (const path of [`/fhir/R4/Observation?${query}`, `/fhir/R4/Observation?${query}&_id=x`]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expectRefusal('GET', path, await ask(path, { client: 'second-app' }));
      }
      expectRefusal('POST', '/fhir/R4/Observation/_search', await search('Observation', query));
    },
  );

  it.each(VAIN)('finds nothing by %s', async (query) => {
    const answers = [
      await ask(`/fhir/R4/Observation?${encodeURI(query)}`, { client: 'second-app' }),
      await search('Observation', encodeURI(query)),
    ];
    for (const answer of answers) {
      expect([200, 400, 403]).toContain(answer.status);
      expect(answer.text).not.toContain('"mode":"match"');
    }
  });

  it('finds nothing where nothing is, by any method', async () => {
    for (const path of PATHS) {
      for (const method of ['GET', 'DELETE', 'PUT']) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await ask(path, { method, client: 'demo-app' });
        expectRefusal(method, path, answer);
      }
    }
  });

  it.each(WRITERS)('hands $path no body that fits', async ({ path, client }) => {
    for (const { what, body } of BODIES) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expectRefusal(what, path, await ask(path, { method: 'POST', client, headers: JSON_TYPE, body }));
    }
  });

  it.each(WRITERS)(
    'hands $path nothing too large, in no foreign type, charset or encoding',
    async ({ path, client }) => {
      const post = (headers: Record<string, string>, body: string) =>
        ask(path, { method: 'POST', client, headers, body });
      const large = await post(JSON_TYPE, JSON.stringify({ id: 'x'.repeat(2 * MIB) }));
      expect({ status: large.status, code: codeOf(large) }).toEqual({ status: 413, code: 'too-large' });
      const foreign = [
        { 'content-type': 'text/xml' },
        { 'content-type': 'application/json; charset=utf-16' },
        { 'content-type': 'multipart/form-data; boundary=x' },
        { 'content-type': ';;;' },
        { ...JSON_TYPE, 'content-encoding': 'gzip' },
      ];
      for (const headers of foreign) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await post(headers, '{}');
        expect({ headers, status: answer.status, code: codeOf(answer) }).toEqual({
          headers,
          status: 415,
          code: 'unsupported-media',
        });
      }
    },
  );

  it('is refused at the token endpoint in the words of OAuth', async () => {
    const forms = [
      ...['', 'x', 'grant_type=', 'grant_type=client_credentials', `grant_type=${long}`, '%ff=%fe&%'],
      ...['grant_type=client_credentials&grant_type=client_credentials', `scope=${'a '.repeat(20_000)}`],
      ...[`client_assertion=${'a'.repeat(100_000)}`, 'client_assertion=a.b.c&client_assertion_type=x'],
      Array.from({ length: 5_000 }, (_each, at) => `p${at}=1`).join('&'),
    ];
    for (const body of forms) {
      for (const headers of [FORM_TYPE, JSON_TYPE, { 'content-type': 'text/plain' }]) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const answer = await ask('/oauth/token', { method: 'POST', headers, body });
        expectRefusal(body.slice(0, 40), '/oauth/token', answer);
      }
    }
    const large = await ask('/oauth/token', {
      method: 'POST',
      headers: FORM_TYPE,
      body: 'x'.repeat(4 * MIB),
    });
    expectRefusal('4 MiB', '/oauth/token', large);
  });

  it('is refused with tokens and headers that are none', async () => {
    const values = [
      'Bearer',
      'Bearer ',
      `Bearer ${long.slice(0, 4_000)}`,
      'Basic YTpi',
      'Bearer a b',
      'bearer \u00e9',
    ];
    for (const authorization of values) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await ask('/fhir/R4/Patient', { headers: { authorization } });
      expectRefusal(authorization, '/fhir/R4/Patient', answer);
      expect(answer.status).toBe(401);
    }
    const accept = await ask('/fhir/R4/Patient', { client: 'demo-app', headers: { accept: 'text/csv' } });
    expect(accept.status).toBe(406);
    for (const name of ['prefer', 'if-none-match', 'x-request-id', 'accept'])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(
        (await ask('/fhir/R4/Patient', { client: 'demo-app', headers: { [name]: '"'.repeat(3_000) } }))
          .status,
      ).toBeLessThan(500);
  });
});

describe('a hostile client below HTTP', () => {
  const request = (line: string, ...headers: readonly string[]) =>
    [line, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
  const GET = 'GET /fhir/R4/metadata HTTP/1.1';
  const POST = 'POST /fhir/R4/Patient/_search HTTP/1.1';
  const GARBAGE: readonly (readonly [string, string | Uint8Array])[] = [
    ['noise', Buffer.from(Array.from({ length: 4_096 }, (_each, at) => (at * 31) % 256))],
    ['a TLS greeting', Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03)],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no version', 'GET /\r\n\r\n'],
    ['a version that is none', request('GET / HTTP/9.9')],
    ['a method that is none', request('G\u0000T / HTTP/1.1')],
    ['a line without end', `GET /${'a'.repeat(100_000)}`],
    ['headers without end', request(GET, `X-Long: ${'a'.repeat(100_000)}`)],
    ['very many headers', request(GET, ...Array.from({ length: 3_000 }, (_each, at) => `X-${at}: 1`))],
    ['a header without colon', request(GET, 'no colon here')],
    ['a folded header', request(GET, 'X-A: 1', ' folded')],
    ['two lengths', `${request(POST, 'Content-Length: 3', 'Content-Length: 4')}abcd`],
    ['a negative length', request(POST, 'Content-Length: -1')],
    ['length and chunks', `${request(POST, 'Content-Length: 3', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['a chunk that is none', `${request(POST, 'Transfer-Encoding: chunked')}zz\r\n`],
    ['an unknown transfer', request(POST, 'Transfer-Encoding: magic')],
    ['two hosts', request(GET, 'Host: evil.example')],
  ];

  it.each(GARBAGE)('that sends %s is answered with 4xx or hung up on, in time', async (_name, bytes) => {
    const heard = await say(port, { bytes }, BOUND_MS);
    expectEnded(heard);
    expect(heard.statuses.every((status) => status === 200 || (status >= 400 && status < 500))).toBe(true);
  });

  it('that pipelines garbage after a request gets the one answer, then a refusal, then nothing', async () => {
    const heard = await say(port, { bytes: `${request(GET)}\u0001\u0002 garbage\r\n\r\n` }, BOUND_MS);
    expectEnded(heard);
    expect([[200, 400], [400]]).toContainEqual(heard.statuses);
  });

  it('that pipelines a hundred requests gets a hundred answers', async () => {
    const bytes = `${request(GET).repeat(99)}${request(GET, 'Connection: close')}`;
    const heard = await say(port, { bytes }, BOUND_MS);
    expect(heard.statuses).toEqual(Array.from({ length: 100 }, () => 200));
  });

  it('that sends TRACE is refused and not echoed', async () => {
    const heard = await say(
      port,
      { bytes: request('TRACE / HTTP/1.1', 'X-Secret: s3cret', 'Connection: close') },
      BOUND_MS,
    );
    expect(heard.statuses.every((status) => status >= 400 && status < 500)).toBe(true);
    expect(heard.text).not.toContain('s3cret');
  });

  it('that sends headers, or a body, by drops is hung up on', async () => {
    const slow = await Promise.all([
      ...Array.from({ length: 50 }, () =>
        say(port, { bytes: request(GET, `X-Slow: ${'a'.repeat(2_000)}`), trickle: 100 }, BOUND_MS),
      ),
      ...Array.from({ length: 50 }, () =>
        say(
          port,
          { bytes: `${request(POST, 'Content-Type: application/json', 'Content-Length: 900')}{` },
          BOUND_MS,
        ),
      ),
      ...Array.from({ length: 100 }, () => say(port, { bytes: 'GET / HT' }, BOUND_MS)),
    ]);
    for (const heard of slow) expectEnded(heard);
    expect(slow.flatMap(({ statuses }) => statuses).every((status) => status === 408 || status === 400)).toBe(
      true,
    );
  });

  function expectEnded(heard: Heard): void {
    expect({ closed: heard.closed, ms: heard.ms < BOUND_MS }).toEqual({ closed: true, ms: true });
  }
});

describe('a thousand random requests', () => {
  const random = seeded(SEED);
  const pick = <T>(things: readonly T[]): T | undefined => things[Math.floor(random() * things.length)];

  it('get no 5xx and are all answered in time', async () => {
    const routes = (await routesOfNode()).filter(({ method }) => !['TRACE', 'CONNECT'].includes(method));
    const seen = new Map<number, number>();
    const failed: unknown[] = [];
    for (let batch = 0; batch < 50; batch += 1) {
      const requests = Array.from({ length: 20 }, () => randomRequest(routes));
      // oxlint-disable-next-line no-await-in-loop -- twenty at a time
      const answers = await Promise.all(requests.map(({ path, request }) => ask(path, request)));
      for (const [at, { status }] of answers.entries()) {
        seen.set(status, (seen.get(status) ?? 0) + 1);
        if (status >= 500) failed.push({ status, ...requests[at] });
      }
    }
    process.stderr.write(`${JSON.stringify(Object.fromEntries(seen))}\n`);
    expect(failed).toEqual([]);
  });

  function randomRequest(routes: readonly Route[]): { readonly path: string; readonly request: Ask } {
    const { method, url } = pick(routes) ?? { method: 'GET', url: '/' };
    const path = url.replaceAll(/:\w+|\*/g, () => encodeURIComponent(pick(ODD) ?? ''));
    const query = random() < 0.5 ? `?${pick(SEARCHES) ?? ''}` : '';
    const client = pick([...CLIENTS, undefined]);
    const isReading = ['GET', 'HEAD'].includes(method);
    const request = {
      method,
      ...(client === undefined ? {} : { client }),
      ...(isReading ? {} : randomBody()),
    };
    return { path: `${path}${query}`, request };
  }

  function randomBody(): Pick<Ask, 'headers' | 'body'> {
    if (random() < 0.2) return {};
    const type = pick(['application/json', 'application/fhir+json', 'application/x-www-form-urlencoded']);
    return { headers: { 'content-type': type ?? '' }, body: pick(BODIES)?.body ?? '' };
  }
});

describe('meanwhile', () => {
  it('an honest client was served all the time', () => {
    expect(meanwhile.length).toBeGreaterThan(50);
    expect(meanwhile.filter(({ status }) => status !== 200)).toEqual([]);
    const slowest = meanwhile.reduce((most, { ms }) => Math.max(most, ms), 0);
    process.stderr.write(`${meanwhile.length} reads meanwhile, slowest ${Math.round(slowest)} ms\n`);
    expect(slowest).toBeLessThan(BOUND_MS);
  });

  it('the node went on, in bounded memory, and met no failure of its own', () => {
    expect(system.part('node')?.pid).toBe(nodePid);
    const [, kib = '0'] =
      /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${nodePid ?? 0}/status`, 'utf8')) ?? [];
    process.stderr.write(`memory of the node: ${Math.round(Number(kib) / 1024)} MiB\n`);
    expect(Number(kib) / 1024).toBeLessThan(MEMORY_LIMIT_MIB);
    expect(system.stderr).not.toMatch(/"incident":"(internal|integrity-failure|guard-removed)"/);
  });

  it('nothing was written that an audit would find', async () => {
    const { code, stdout } = await system.auditDatabase();
    expect({ code, said: jsonOf(stdout) }).toMatchObject({ code: 0, said: { findings: [] } });
  });
});
