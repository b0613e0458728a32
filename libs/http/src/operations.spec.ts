import { GatewayError } from '#outcome';
import { errorFields } from './error-fields.js';
import { isFromThisMachine } from './is-from-this-machine.js';
import { createLogger } from './logger.js';
import { lookAtParts, type PartsProbe, type PartState } from './parts-probe.js';
import { ReadinessWatch } from './readiness-watch.js';
import { uuidV7 } from './request-id.js';
import { securityHeaders } from './security-headers.js';
import { startSmallApp } from './testing/small-app.js';

const part = (name: string, state: PartState, required = true): PartsProbe => ({
  part: name,
  required,
  look: async () => state,
});

const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
  isFromThisMachine(Object.assign(Object.create(null), { socket: { remoteAddress }, headers }));

describe('readiness', () => {
  it('is the truth about each part', async () => {
    const probes = [
      part('database', { kind: 'up' }),
      part('chain', { kind: 'degraded', note: 'behind' }),
      part('vendor', { kind: 'down', note: 'no answer' }, false),
    ];
    expect(await lookAtParts(probes, 100)).toEqual({
      ready: true,
      parts: [
        { part: 'database', state: 'up' },
        { part: 'chain', state: 'degraded', note: 'behind' },
        { part: 'vendor', state: 'down', note: 'no answer' },
      ],
    });
  });

  it('is refused when a required part is down, fails or hangs, and says nothing of why', async () => {
    const failing: PartsProbe = {
      part: 'database',
      required: true,
      look: async () => {
        throw new Error('postgres://user:secret@db');
      },
    };
    const hanging: PartsProbe = { part: 'chain', required: true, look: () => new Promise(() => undefined) };
    const leaking = part('log', { kind: 'down', note: 'postgres://user:secret@db' });
    const readiness = await lookAtParts([failing, hanging, leaking], 20);
    expect(readiness.ready).toBe(false);
    expect(readiness.parts.map((each) => each.note)).toEqual(['failed', 'no answer in time', 'see the log']);
    expect(JSON.stringify(readiness)).not.toContain('secret');
  });

  it('is served over HTTP with the status that balancers read', async () => {
    const state: { now: PartState } = { now: { kind: 'up' } };
    const app = await startSmallApp({}, [{ part: 'database', required: true, look: async () => state.now }]);
    const ready = await fetch(`${app.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { ready: true, parts: [{ part: 'database', state: 'up' }] },
    ]);
    await app.close();
    state.now = { kind: 'down', note: 'away' };
    const next = await startSmallApp({}, [{ part: 'database', required: true, look: async () => state.now }]);
    expect((await fetch(`${next.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${next.url}/health/live`)).status).toBe(200);
    await next.close();
  });

  it('looks once for all who ask within a second', async () => {
    let looks = 0;
    let nowMs = 0;
    const probe: PartsProbe = {
      part: 'database',
      required: true,
      look: async () => {
        looks += 1;
        return { kind: 'up' };
      },
    };
    const watch = new ReadinessWatch([probe], () => nowMs);
    await Promise.all([watch.look(), watch.look()]);
    nowMs = 999;
    await watch.look();
    expect(looks).toBe(1);
    nowMs = 1_000;
    await watch.look();
    expect(looks).toBe(2);
  });
});

describe('the process log', () => {
  it('blanks secrets', () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => void lines.push(line) });
    log.info({
      authorization: 'Bearer a1',
      headers: { authorization: 'Bearer a2' },
      form: { client_assertion: 'a3' },
      req: { method: 'GET', url: '/a4?a5', headers: { cookie: 'a6' } },
    });
    expect(lines.join('')).not.toMatch(/a\d/);
    expect(lines.join('')).toContain('[redacted]');
  });

  it('keeps of an error what cannot be about a person', () => {
    const cause = Object.assign(new Error('Key (name)=(Roe)'), { code: '23505' });
    const fields = errorFields(new GatewayError('internal', { cause }));
    expect(fields).toMatchObject({
      type: 'GatewayError',
      code: 'internal',
      cause: { type: 'Error', code: '23505' },
    });
    expect(fields.at?.[0]).toMatch(/^at /);
    expect(JSON.stringify(fields)).not.toContain('Roe');
  });

  it('reads whatever is thrown', () => {
    expect([errorFields('x'), errorFields(undefined), errorFields(null), errorFields({})]).toEqual([
      { type: 'string' },
      { type: 'undefined' },
      { type: 'object' },
      { type: 'object' },
    ]);
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    expect(JSON.stringify(errorFields(loop)).length).toBeLessThan(500);
  });
});

describe('isFromThisMachine', () => {
  it('goes by the connection, and by what proxies add', () => {
    expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map((address) => from(address))).toEqual([
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', '::ffff:10.0.0.1', '', '2001:db8::1'].map((address) => from(address))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(from('127.0.0.1', { 'x-forwarded-for': '10.0.0.1' })).toBe(false);
  });
});

describe('uuidV7', () => {
  it('holds the time, the version and the variant', () => {
    expect(uuidV7(0x0123456789ab, new Uint8Array(10).fill(0xff))).toBe(
      '01234567-89ab-7fff-bfff-ffffffffffff',
    );
    expect(uuidV7(0, new Uint8Array(10))).toBe('00000000-0000-7000-8000-000000000000');
  });
});

describe('securityHeaders', () => {
  it('asks for https only where it is there', () => {
    expect(securityHeaders('https://fhir.example.org')).toHaveProperty('strict-transport-security');
    expect(securityHeaders('http://127.0.0.1')).not.toHaveProperty('strict-transport-security');
  });
});
