import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { FhirSource, PullResult } from '#ehr';
import { GatewayError } from '#outcome';
import { idsIn } from '../../libs/ehr/src/testing/source.contract.js';
import { NorthsideHarness, type ProfileChange } from './northside-harness.js';

const PATIENT = 'n-1003';

describe('FhirSource when Northside misbehaves', () => {
  let northside: NorthsideHarness;

  beforeAll(async () => {
    northside = await NorthsideHarness.start();
  });
  afterEach(() => northside.calm());
  afterAll(() => northside.stop());

  async function pull(change: ProfileChange = {}, types = ['Condition']): Promise<PullResult> {
    return pullOf(await northside.source(change), types);
  }

  async function pullOf(source: FhirSource, types = ['Condition']): Promise<PullResult> {
    return source.pull(northside.permit, PATIENT, types, new AbortController().signal);
  }

  async function tokens(): Promise<number> {
    return (await northside.visits()).filter(({ url, status }) => url === '/oauth/token' && status === 200)
      .length;
  }

  async function searches(): Promise<number> {
    return (await northside.visits()).filter((visit) => visit.url.startsWith('/r4/Condition')).length;
  }

  it('calls a slow answer source-timeout, and waits no longer than told', async () => {
    const source = await northside.source({ limits: { requestMs: 2_000 } });
    await pullOf(source, ['Patient']);
    await northside.faults({ kind: 'slow', ms: 60_000, match: '/Condition' });
    const error = await failureOf(pullOf(source));
    expect(error.code).toBe('source-timeout');
    expect(await searches()).toBe(1);
  });

  it('stops a whole pull at its own limit', async () => {
    const source = await northside.source({ limits: { requestMs: 60_000, pullMs: 2_000 } });
    await pullOf(source, ['Patient']);
    await northside.faults({ kind: 'slow', ms: 60_000, match: '/Condition' });
    const error = await failureOf(pullOf(source));
    expect(error.code).toBe('source-timeout');
    expect(await searches()).toBe(1);
  });

  it('tries again after a 500, with a wait that doubles and is jittered', async () => {
    await northside.faults({ kind: 'status', status: 500, times: 2, match: '/Condition' });
    expect((await pull()).complete).toEqual(['Condition']);
    expect(northside.pace.slept).toEqual([100, 200]);
  });

  it('gives up on a lasting 503 with source-unavailable', async () => {
    await northside.faults({ kind: 'status', status: 503, match: '/Condition' });
    expect((await failureOf(pull())).code).toBe('source-unavailable');
    expect(await searches()).toBe(4);
  });

  it('waits for the seconds of Retry-After', async () => {
    northside.pace.stop();
    await northside.faults({ kind: 'status', status: 429, retryAfter: '3', times: 1, match: '/Condition' });
    expect((await pull()).complete).toEqual(['Condition']);
    expect(northside.pace.slept).toEqual([3_000]);
  });

  it('waits until the date of Retry-After', async () => {
    northside.pace.stop();
    const date = new Date(northside.pace.nowMs() + 5_000).toUTCString();
    await northside.faults({ kind: 'status', status: 503, retryAfter: date, times: 1, match: '/Condition' });
    expect((await pull()).complete).toEqual(['Condition']);
    expect(northside.pace.slept).toEqual([5_000]);
  });

  it('fails at once where the wait is too long, tells it on, and spares the vendor until then', async () => {
    const source = await northside.source();
    await northside.faults({
      kind: 'status',
      status: 429,
      retryAfter: '3600',
      times: 1,
      match: '/Condition',
    });
    const first = await failureOf(pullOf(source));
    expect([first.code, first.retryAfterS]).toEqual(['source-unavailable', 3600]);
    const second = await failureOf(pullOf(source));
    expect(second.code).toBe('source-unavailable');
    expect(await searches()).toBe(1);
    expect(northside.pace.slept).toEqual([]);
    northside.pace.aheadMs += 3_600_000;
    expect((await pullOf(source)).complete).toEqual(['Condition']);
  });

  it('keeps to the rate limit of its account', async () => {
    northside.pace.stop();
    await northside.admin('PUT', 'rate', { perMinute: 1 });
    const source = await northside.source({ limits: { maxWaitMs: 600_000 } });
    await pullOf(source);
    expect(northside.pace.slept).toEqual([]);
    expect((await pullOf(source)).complete).toEqual(['Condition']);
    expect(northside.pace.slept).toHaveLength(1);
    expect(northside.pace.slept[0]).toBeGreaterThan(50_000);
  });

  it('calls a connection cut mid-body source-unavailable after its tries', async () => {
    await northside.faults({ kind: 'cut', afterBytes: 100, match: '/Condition' });
    expect((await failureOf(pull())).code).toBe('source-unavailable');
    expect(await searches()).toBe(4);
  });

  it('recovers from one cut', async () => {
    await northside.faults({ kind: 'cut', afterBytes: 10, match: '/Condition', times: 1 });
    expect(idsIn(await pull()).toSorted()).toEqual(['ic-1', 'ic-2']);
  });

  it.each(['garbage', 'truncated', 'gzip', 'html', 'not-a-bundle'])(
    'calls %s source-invalid, once',
    async (kind) => {
      await northside.faults({ kind, match: '/Condition' });
      expect((await failureOf(pull())).code).toBe('source-invalid');
      expect(await searches()).toBe(1);
    },
  );

  it('stops reading a body that is too large', async () => {
    await northside.faults({ kind: 'huge', bytes: 64 * 1024 * 1024, match: '/Condition' });
    const before = process.memoryUsage().arrayBuffers;
    const error = await failureOf(pull());
    expect(error.code).toBe('source-invalid');
    expect(error.details).toBe('northside: answer too large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(160 * 1024 * 1024);
  });

  it('stops a pull whose pages are too large together', async () => {
    const limits = { pullBytes: 1_024 };
    expect((await failureOf(pull({ limits }, ['Observation']))).details).toBe('northside: pull too large');
  });

  it('ends pages that go round in a circle', async () => {
    await northside.faults({ kind: 'loop', match: '/Condition' });
    const error = await failureOf(pull());
    expect([error.code, error.details]).toEqual(['source-invalid', 'northside: pages go round in a circle']);
    expect(await searches()).toBe(1);
  });

  it('ends empty pages that never end', async () => {
    await northside.faults({ kind: 'empty-pages', match: '/Condition' });
    const error = await failureOf(pull());
    expect([error.code, error.details]).toEqual(['source-invalid', 'northside: too many pages']);
    expect(await searches()).toBe(8);
  });

  it('hands duplicate entries on as they came, for the normaliser to count once', async () => {
    await northside.faults({ kind: 'duplicates', match: '/Condition' });
    expect(idsIn(await pull()).toSorted()).toEqual(['ic-1', 'ic-1', 'ic-2', 'ic-2']);
  });

  it('takes a type with a warning, but does not call it complete', async () => {
    await northside.faults({ kind: 'warning', code: '4119', match: '/Condition' });
    const result = await pull({}, ['Condition', 'Observation']);
    expect(idsIn(result)).toContain('ic-1');
    expect(result.complete).toEqual(['Observation']);
    expect(result.warnings).toEqual(['Condition: 4119']);
  });

  it('calls a type incomplete if but one of its pages has a warning', async () => {
    await northside.faults({ kind: 'warning', match: 'pageContext', times: 1 });
    const result = await pull({ pageSize: 3, limits: { pages: 20 } }, ['Observation']);
    expect(result.complete).toEqual([]);
    expect(idsIn(result)).toHaveLength(23);
  });

  it('names a search that the vendor refuses source-invalid, without a word of the request', async () => {
    const error = await failureOf(pull({ types: [{ type: 'Observation' }] }, ['Observation']));
    expect([error.code, error.message]).toEqual(['source-invalid', 'source-invalid: northside: status 400']);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(PATIENT);
  });

  it('calls a vendor that is not there source-unavailable', async () => {
    const nobody = await closedPort();
    expect((await failureOf(pull({ baseUrl: `${nobody}/r4` }))).code).toBe('source-unavailable');
  });

  describe('and its token', () => {
    it('is fetched once for requests side by side, and again before it expires', async () => {
      const source = await northside.source();
      await pullOf(source, ['Patient', 'Condition', 'Observation']);
      await pullOf(source);
      expect(await tokens()).toBe(1);
      northside.pace.aheadMs += 51_000;
      await pullOf(source);
      expect(await tokens()).toBe(2);
    });

    it('is replaced once when the vendor refuses it', async () => {
      const source = await northside.source();
      await pullOf(source);
      await northside.admin('DELETE', 'tokens');
      expect((await pullOf(source)).complete).toEqual(['Condition']);
      expect(await tokens()).toBe(2);
      await northside.faults({ kind: 'drop-token', match: '/Condition' });
      expect((await failureOf(pullOf(source))).code).toBe('source-unavailable');
      expect(await tokens()).toBe(3);
    });

    it('is not to be had where the token endpoint refuses, and may be later', async () => {
      const source = await northside.source();
      await northside.faults({ kind: 'refuse-token' });
      const error = await failureOf(pullOf(source));
      expect([error.code, error.details]).toEqual(['source-unavailable', 'northside: status 401']);
      await northside.faults();
      expect((await pullOf(source)).complete).toEqual(['Condition']);
    });

    it.each([
      ['garbage', 'source-invalid'],
      ['html', 'source-invalid'],
      ['huge', 'source-invalid'],
      ['redirect', 'source-invalid'],
      ['cut', 'source-unavailable'],
    ])('survives %s from the token endpoint as %s', async (kind, code) => {
      await northside.faults({ kind, match: '/oauth', bytes: 1_000_000, afterBytes: 5, url: '/r4/metadata' });
      expect((await failureOf(pull())).code).toBe(code);
    });
  });

  describe('and points elsewhere', () => {
    let thief: Server;
    let thiefOrigin: string;
    const heard: IncomingMessage[] = [];

    beforeAll(async () => {
      thief = createServer((request, response) => {
        heard.push(request);
        response.end('{"resourceType":"Bundle","type":"searchset"}');
      });
      thiefOrigin = await listening(thief);
    });
    afterAll(() => closed(thief));

    it.each([
      ['another origin', () => `${thiefOrigin}/r4/Condition?page=2`],
      ['the same host on another port', () => `${northside.origin.replace(/:\d+$/, '')}:1/r4/Condition`],
      ['a file', () => 'file:///etc/hostname'],
    ])('refuses a next link to %s, and sends it nothing', async (_where, url) => {
      await northside.faults({ kind: 'foreign-next', url: url(), match: '/Condition' });
      const error = await failureOf(pull());
      expect([error.code, error.details]).toEqual(['source-invalid', 'northside: link to another origin']);
      expect(heard).toEqual([]);
    });

    it('refuses a next link with credentials in it', async () => {
      const url = northside.origin.replace('http://', 'http://user:word@');
      await northside.faults({ kind: 'foreign-next', url: `${url}/r4/Condition`, match: '/Condition' });
      expect((await failureOf(pull())).details).toBe('northside: next link');
    });

    it('refuses a redirect, and sends it nothing', async () => {
      await northside.faults({ kind: 'redirect', url: `${thiefOrigin}/r4/Condition`, match: '/Condition' });
      const error = await failureOf(pull());
      expect([error.code, error.details]).toEqual(['source-invalid', 'northside: redirect']);
      expect(heard).toEqual([]);
    });

    it('shows the thief of these tests to be listening', async () => {
      await fetch(thiefOrigin);
      expect(heard).toHaveLength(1);
    });
  });
});

async function failureOf(promise: Promise<unknown>): Promise<GatewayError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof GatewayError) {
      return error;
    }
    throw error;
  }
  throw new Error('did not fail');
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

async function closedPort(): Promise<string> {
  const server = createServer();
  const origin = await listening(server);
  await closed(server);
  return origin;
}
