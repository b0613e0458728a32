import { readFileSync } from 'node:fs';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { codeOf, jsonOf } from './answers.js';
import { Bystander } from './bystander.js';
import {
  BODIES,
  FOREIGN,
  FORM_TYPE,
  GARBAGE,
  GET,
  head,
  JSON_TYPE,
  NO_TOKENS,
  PATHS,
  SEARCHES,
  SLOW,
  TOKEN_FORMS,
  VAIN,
  WRITERS,
} from './hostile-inputs.js';
import { randomRequests } from './random-requests.js';
import { say, type Heard } from './raw.js';
import { routesOfNode } from './routes.js';
import { flags } from './run.js';
import { System, type Answer, type Ask } from './system.js';

const LIMIT_MS = 240_000;
/** No answer may take longer, whatever is asked; a loaded machine is allowed for. */
const BOUND_MS = 15_000;
const SEED = 4_711;
const MIB = 1_048_576;
/** A node that kept what it is sent would be far above. */
const MEMORY_LIMIT_MIB = 700;
const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const CLIENTS = ['demo-app', 'second-app', 'wallet', 'administrator', 'steward', 'registrar'];

jest.setTimeout(LIMIT_MS);

const system = new System({
  HEADERS_TIMEOUT_MS: String(HEADERS_TIMEOUT_MS),
  REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
  KEEP_ALIVE_TIMEOUT_MS: '1000',
  ACCESS_TOKEN_TTL_S: '3600',
});
const bystander = new Bystander(() =>
  system.fhir('demo-app', `/Observation?patient=${system.person(0).patient}`),
);
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
  bystander.start();
});
afterAll(async () => {
  await bystander.stop();
  await system.dispose();
});

/** Asks within the bound. */
async function ask(path: string, request: Ask): Promise<Answer> {
  const startMs = performance.now();
  const answer = await system.ask(path, request);
  expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
  return answer;
}

/** A request whose answer must be a refusal. */
interface Asked {
  readonly what: string;
  readonly path: string;
  readonly request: Ask;
}

const oauthSchema = z.object({ error: z.string() });

/** What is wrong with a refusal in the form of its place, an OperationOutcome or an OAuth error; `[]` where nothing is. */
function faultsOf(what: string, path: string, answer: Answer): readonly unknown[] {
  const form = path.startsWith('/oauth')
    ? oauthSchema.safeParse(jsonOf(answer.text)).data?.error
    : codeOf(answer);
  const isRefused = answer.status >= 400 && answer.status < 500 && form !== undefined;
  return isRefused ? [] : [{ what, path: path.slice(0, 80), status: answer.status, form }];
}

/** Asks one after the other; gives what is wrong with the refusals. */
async function faultsOfAll(asked: readonly Asked[]): Promise<readonly unknown[]> {
  const faults: unknown[] = [];
  for (const { what, path, request } of asked) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    faults.push(...faultsOf(what, path, await ask(path, request)));
  }
  return faults;
}

/** A search of Observations in a body. */
const searchOf = (body: string): Ask => ({
  method: 'POST',
  client: 'second-app',
  headers: FORM_TYPE,
  body,
});
const SEARCH = '/fhir/R4/Observation/_search';

function expectEnded(heard: Heard): void {
  expect({ closed: heard.closed, ms: heard.ms < BOUND_MS }).toEqual({ closed: true, ms: true });
}

describe('a hostile client with a token', () => {
  it.each(SEARCHES.map((query) => [query.slice(0, 60), query]))(
    'is refused a search by %s',
    async (_name, query) => {
      const request = { client: 'second-app' };
      const faults = await faultsOfAll([
        { what: 'GET', path: `/fhir/R4/Observation?${query}`, request },
        { what: 'GET', path: `/fhir/R4/Observation?${query}&_id=x`, request },
        { what: 'POST', path: SEARCH, request: searchOf(query) },
      ]);
      expect(faults).toEqual([]);
    },
  );

  it.each(VAIN)('finds nothing by %s', async (query) => {
    const answers = [
      await ask(`/fhir/R4/Observation?${encodeURI(query)}`, { client: 'second-app' }),
      await ask(SEARCH, searchOf(encodeURI(query))),
    ];
    for (const answer of answers) {
      expect([200, 400, 403]).toContain(answer.status);
      expect(answer.text).not.toContain('"mode":"match"');
    }
  });

  it('finds nothing where nothing is, by any method', async () => {
    const asked = PATHS.flatMap((path) =>
      ['GET', 'DELETE', 'PUT'].map((method) => ({
        what: method,
        path,
        request: { method, client: 'demo-app' },
      })),
    );
    expect(await faultsOfAll(asked)).toEqual([]);
  });

  it.each(WRITERS)('hands $path no body that fits', async ({ path, client }) => {
    const asked = BODIES.map(({ what, body }) => ({
      what,
      path,
      request: { method: 'POST', client, headers: JSON_TYPE, body },
    }));
    expect(await faultsOfAll(asked)).toEqual([]);
  });

  it.each(WRITERS)(
    'hands $path nothing too large, in no foreign type, charset or encoding',
    async ({ path, client }) => {
      const post = (headers: Record<string, string>, body: string) =>
        ask(path, { method: 'POST', client, headers, body });
      const large = await post(JSON_TYPE, JSON.stringify({ id: 'x'.repeat(2 * MIB) }));
      expect({ status: large.status, code: codeOf(large) }).toEqual({ status: 413, code: 'too-large' });
      for (const headers of FOREIGN) {
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
    const path = '/oauth/token';
    const types = [FORM_TYPE, JSON_TYPE, { 'content-type': 'text/plain' }];
    const asked = TOKEN_FORMS.flatMap((body) =>
      types.map((headers) => ({
        what: body.slice(0, 40),
        path,
        request: { method: 'POST', headers, body },
      })),
    );
    const large = { method: 'POST', headers: FORM_TYPE, body: 'x'.repeat(4 * MIB) };
    expect(await faultsOfAll([...asked, { what: '4 MiB', path, request: large }])).toEqual([]);
  });

  it('is refused with tokens and headers that are none', async () => {
    const path = '/fhir/R4/Patient';
    for (const authorization of NO_TOKENS) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await ask(path, { headers: { authorization } });
      expect(faultsOf(authorization, path, answer)).toEqual([]);
      expect(answer.status).toBe(401);
    }
    const accept = await ask(path, { client: 'demo-app', headers: { accept: 'text/csv' } });
    expect(accept.status).toBe(406);
    for (const name of ['prefer', 'if-none-match', 'x-request-id', 'accept']) {
      const headers = { [name]: '"'.repeat(3_000) };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const answer = await ask(path, { client: 'demo-app', headers });
      expect(answer.status).toBeLessThan(500);
    }
  });
});

describe('a hostile client below HTTP', () => {
  it.each(GARBAGE)('that sends %s is answered with 4xx or hung up on, in time', async (_name, bytes) => {
    const heard = await say(port, { bytes }, BOUND_MS);
    expectEnded(heard);
    expect(heard.statuses.every((status) => status === 200 || (status >= 400 && status < 500))).toBe(true);
  });

  it('that pipelines garbage after a request gets the one answer, then a refusal, then nothing', async () => {
    const heard = await say(port, { bytes: `${head(GET)}\u0001\u0002 garbage\r\n\r\n` }, BOUND_MS);
    expectEnded(heard);
    expect([[200, 400], [400]]).toContainEqual(heard.statuses);
  });

  it('that pipelines a hundred requests gets a hundred answers', async () => {
    const bytes = `${head(GET).repeat(99)}${head(GET, 'Connection: close')}`;
    const heard = await say(port, { bytes }, BOUND_MS);
    expect(heard.statuses).toEqual(Array.from({ length: 100 }, () => 200));
  });

  it('that sends TRACE is refused and not echoed', async () => {
    const heard = await say(
      port,
      { bytes: head('TRACE / HTTP/1.1', 'X-Secret: s3cret', 'Connection: close') },
      BOUND_MS,
    );
    expect(heard.statuses.every((status) => status >= 400 && status < 500)).toBe(true);
    expect(heard.text).not.toContain('s3cret');
  });

  it('that sends headers, or a body, by drops is hung up on', async () => {
    const slow = await Promise.all(SLOW.map((said) => say(port, said, BOUND_MS)));
    for (const heard of slow) expectEnded(heard);
    expect(slow.flatMap(({ statuses }) => statuses).every((status) => status === 408 || status === 400)).toBe(
      true,
    );
  });
});

describe('a thousand random requests', () => {
  it('get no 5xx and are all answered in time', async () => {
    const routes = (await routesOfNode()).filter(({ method }) => !['TRACE', 'CONNECT'].includes(method));
    const next = randomRequests(SEED, routes, CLIENTS);
    const seen = new Map<number, number>();
    const failed: unknown[] = [];
    for (let batch = 0; batch < 50; batch += 1) {
      const requests = Array.from({ length: 20 }, next);
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
});

describe('meanwhile', () => {
  it('an honest client was served all the time', () => {
    const { readings } = bystander;
    expect(readings.length).toBeGreaterThan(0);
    expect(readings.filter(({ status }) => status !== 200)).toEqual([]);
    const slowest = readings.reduce((most, { ms }) => Math.max(most, ms), 0);
    process.stderr.write(`${readings.length} reads meanwhile, slowest ${Math.round(slowest)} ms\n`);
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
