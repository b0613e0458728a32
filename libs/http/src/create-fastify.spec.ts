import type { Socket } from 'node:net';
import { startSmallApp, type SmallApp } from './testing/small-app.js';

let app: SmallApp;
beforeAll(async () => {
  app = await startSmallApp(
    {},
    [],
    [
      {
        path: '/oauth',
        handle: async (request, response) => {
          if (request.url === '/oauth/fail') throw new Error('mounted secret');
          response.end(`mounted ${request.method} ${request.url}`);
        },
      },
    ],
  );
});
afterAll(async () => {
  await app.close();
});

interface Refused {
  readonly status: number;
  readonly code: unknown;
  readonly text: string;
  readonly headers: Headers;
}

/** Every refusal is an OperationOutcome of one issue with one of our codes. */
async function refused(path: string, init: RequestInit = {}): Promise<Refused> {
  const response = await fetch(`${app.url}${path}`, init);
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
  return { status: response.status, code: codeOf(text), text, headers: response.headers };
}

function codeOf(text: string): unknown {
  const outcome = JSON.parse(text);
  expect(outcome.resourceType).toBe('OperationOutcome');
  return outcome.issue[0].details.coding[0].code;
}

const post = (type: string, body: string | Buffer): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
});

describe('the server', () => {
  it('answers, with an id and the headers of every answer', async () => {
    const response = await fetch(`${app.url}/fhir/R4/Patient/1`);
    expect(await response.json()).toEqual({ resourceType: 'Patient', id: '1' });
    expect(response.headers.get('x-request-id')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/,
    );
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('strict-transport-security')).toBeNull();
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('server')).toBeNull();
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it.each([
    ['abcdefgh-1', 'abcdefgh-1'],
    ['short', undefined],
    ['-starts-with-a-dash', undefined],
    ['x'.repeat(65), undefined],
    ['has a space in it', undefined],
    ['inject%0d%0aed', undefined],
  ])('answers a request id of %j with %j', async (given, kept) => {
    const response = await fetch(`${app.url}/fhir/R4/Patient/1`, { headers: { 'x-request-id': given } });
    const id = response.headers.get('x-request-id');
    expect(id).toMatch(kept === undefined ? /^[0-9a-f-]{36}$/ : new RegExp(`^${kept}$`));
  });

  it('answers HEAD like GET without a body, refusals too', async () => {
    const response = await fetch(`${app.url}/fhir/R4/Patient/1`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    const absent = await fetch(`${app.url}/nowhere`, { method: 'HEAD' });
    expect([absent.status, await absent.text()]).toEqual([404, '']);
  });

  it.each([
    'application/fhir+json',
    'application/json; charset=utf-8',
    'application/fhir+json; fhirVersion=4.0',
    'application/x-www-form-urlencoded',
    'application/FHIR+JSON;charset="UTF-8"',
  ])('hands on the exact bytes of a body of %s', async (type) => {
    const bytes = Buffer.from('{"a": 1.10, "é":1}');
    const response = await fetch(`${app.url}/fhir/R4/echo`, post(type, bytes));
    expect(await response.json()).toEqual({ bytes: bytes.toString('hex') });
  });

  it.each([
    'text/xml',
    'text/plain',
    'application/fhir+xml',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/fhir+json; fhirVersion=3.0',
    'nonsense',
  ])('refuses a body of %s', async (type) => {
    expect(await refused('/fhir/R4/echo', post(type, 'x'))).toMatchObject({
      status: 415,
      code: 'unsupported-media',
    });
  });

  it('refuses a compressed body', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: 'x',
    };
    expect(await refused('/fhir/R4/echo', init)).toMatchObject({ status: 415 });
  });

  it('refuses a body above the limit, announced or not', async () => {
    const big = 'x'.repeat(1_001);
    expect(await refused('/fhir/R4/echo', post('application/json', big))).toMatchObject({
      status: 413,
      code: 'too-large',
    });
    const chunked = await app.raw(
      `POST /fhir/R4/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1.1 413 /);
    expect(chunked).toContain('"too-large"');
  });

  it.each(['/', '/nowhere', '/fhir/R4/Nothing/here/at/all', '/health', '/Fhir/r4/Patient/1'])(
    'knows no %s',
    async (path) => {
      expect(await refused(path)).toMatchObject({ status: 404, code: 'not-found' });
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'TRACE'])(
    'refuses the method %s where it is not known',
    async (method) => {
      const answer = await app.raw(
        `${method} /fhir/R4/Patient/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 (404|405) /);
      expect(answer).toContain('"OperationOutcome"');
    },
  );

  it.each([
    [
      'a path that cannot be decoded',
      'GET /fhir/R4/Patient/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown method', 'MAKE / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['a bad header', 'GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n', 400],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(5_000)}\r\n\r\n`, 431],
    ['an endless path', `GET /${'y'.repeat(5_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
  ])('refuses %s', async (_what, bytes, status) => {
    const answer = await app.raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('"OperationOutcome"');
    expect(answer.toLowerCase()).toContain('content-type: application/fhir+json');
  });

  it.each([
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    [
      'a body that never ends',
      'POST /fhir/R4/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"a"',
    ],
    ['a connection that says nothing more', 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'],
  ])('hangs up on %s', async (_what, bytes) => {
    const hasty = await startSmallApp({ HEADERS_TIMEOUT_MS: 400, REQUEST_TIMEOUT_MS: 600 });
    // it resolves when the server ends the connection, and rejects where the server keeps it
    await expect(hasty.raw(bytes)).resolves.toEqual(expect.any(String));
    await hasty.close();
  });

  it('stays up when a client goes away in the middle of its body', async () => {
    const { default: net } = await import('node:net');
    await new Promise<void>((resolve) => {
      const socket = net.connect(app.port, '127.0.0.1', () => {
        socket.write(
          'POST /fhir/R4/echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
        );
        socket.destroy();
        resolve();
      });
    });
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });

  it('hands what lies under a mount to its handler, with our headers', async () => {
    const response = await fetch(`${app.url}/oauth/token?x=1`, post('text/anything', 'body'));
    expect(await response.text()).toBe('mounted POST /oauth/token?x=1');
    expect(response.headers.get('x-request-id')).not.toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await fetch(`${app.url}/oauthx`)).status).toBe(404);
  });

  it('cuts off a mounted handler that fails', async () => {
    await expect(fetch(`${app.url}/oauth/fail`)).rejects.toHaveProperty('message');
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
  });
});

describe('OutcomeFilter', () => {
  it.each([
    ['secret', 500, 'internal'],
    ['text', 500, 'internal'],
    ['disguised', 500, 'internal'],
    ['login', 401, 'login-required'],
    ['value', 400, 'invalid-value'],
    ['source', 502, 'source-invalid'],
    ['busy', 503, 'overloaded'],
  ])('renders what is thrown as %s: %d %s', async (how, status, code) => {
    const answer = await refused(`/fhir/R4/fail/${how}`);
    expect(answer).toMatchObject({ status, code });
    expect(answer.text).not.toMatch(/Jane|hunter2|inner matter/);
  });

  it('tells how to sign in, and when to come back', async () => {
    expect((await refused('/fhir/R4/fail/login')).headers.get('www-authenticate')).toBe(
      'Bearer realm="proviso"',
    );
    expect((await refused('/fhir/R4/fail/expired')).headers.get('www-authenticate')).toContain(
      'invalid_token',
    );
    expect((await refused('/fhir/R4/fail/scope')).headers.get('www-authenticate')).toContain(
      'insufficient_scope',
    );
    expect((await refused('/fhir/R4/fail/busy')).headers.get('retry-after')).toBe('7');
  });

  it('logs failures of ours by type and place, never by their text', () => {
    const text = app.lines.join('');
    expect(text).toContain('"failed"');
    expect(text).not.toMatch(/Jane|hunter2|mounted secret/);
  });
});

describe('the log and the metrics', () => {
  it('hold no path, no query and no token', async () => {
    await fetch(`${app.url}/fhir/R4/Patient/zyx-zyx?name=Roe`, {
      headers: { authorization: 'Bearer sesame' },
    });
    const page = await (await fetch(`${app.url}/metrics`)).text();
    const everything = app.lines.join('') + page;
    expect(everything).not.toMatch(/zyx|Roe|sesame/);
    expect(everything).toContain('/fhir/R4/Patient/:id');
    expect(page).toContain('proviso_http_request_duration_seconds_bucket');
    expect(page).toContain('process_cpu_seconds_total');
  });

  it('are not for those who come through a proxy', async () => {
    for (const name of ['x-forwarded-for', 'forwarded', 'via']) {
      expect(await refused('/metrics', { headers: { [name]: '10.0.0.1' } })).toMatchObject({ status: 404 });
    }
  });
});

describe('the limit of connections', () => {
  it('drops what comes above it', async () => {
    const small = await startSmallApp({ CONNECTIONS_MAX: 2, KEEP_ALIVE_TIMEOUT_MS: 30_000 });
    const { default: net } = await import('node:net');
    const sockets: Socket[] = [];
    const connect = () =>
      new Promise<boolean>((resolve) => {
        const socket = net.connect(small.port, '127.0.0.1');
        sockets.push(socket);
        socket.on('error', () => resolve(false));
        socket.on('close', () => resolve(false));
        socket.on('connect', () => socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'));
        socket.on('data', () => resolve(true));
      });
    const open = [];
    for (let index = 0; index < 4; index += 1) open.push(await connect());
    expect(open).toEqual([true, true, false, false]);
    for (const socket of sockets) socket.destroy();
    await small.close();
  });
});
