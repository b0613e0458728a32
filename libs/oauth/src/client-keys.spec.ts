import http from 'node:http';
import type { PublicJwks } from '#smart';
import { isPublicAddress } from './address-rule.js';
import { ClientKeys } from './client-keys.js';
import { fetchJwks } from './fetch-jwks.js';
import {
  addClient,
  ask,
  assertionOf,
  portOf,
  startOauth,
  stop,
  tokenForm,
  type OauthFixture,
} from './testing/oauth-fixture.js';

type Answer = (response: http.ServerResponse) => void;

let answer: Answer = (response) => void response.end();
let asked = 0;
let uri = '';
const keyServer = http.createServer((_request, response) => {
  asked += 1;
  answer(response);
});
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    keyServer.listen(0, '127.0.0.1', resolve);
  });
  uri = `http://127.0.0.1:${portOf(keyServer)}/jwks`;
});
afterAll(async () => {
  await stop(keyServer);
});
beforeEach(() => {
  asked = 0;
});

const policy = { timeoutMs: 20_000, privateHosts: ['127.0.0.1'] };
const hasty = { ...policy, timeoutMs: 300 };
const publish =
  (keys: readonly object[], cacheControl?: string): Answer =>
  (response) => {
    if (cacheControl !== undefined) response.setHeader('cache-control', cacheControl);
    response.end(JSON.stringify({ keys }));
  };

describe('isPublicAddress', () => {
  it.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111'])('lets %s through', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    'fd00::1',
    'fe80::1',
    '64:ff9b::7f00:1',
    'localhost',
    '',
  ])('keeps %s out', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('fetchJwks', () => {
  const key = { kty: 'EC', crv: 'P-384', kid: 'k', x: 'A'.repeat(64), y: 'A'.repeat(64) };

  it.each([
    ['no-store', 0],
    ['private, no-cache', 0],
    ['public, max-age=120', 120],
    [undefined, undefined],
  ])('reads the keys, and %j as so many seconds: %j', async (header, seconds) => {
    answer = publish([key], header);
    expect(await fetchJwks(uri, policy)).toEqual({ jwks: { keys: [key] }, maxAgeS: seconds });
  });

  it.each<[string, Answer]>([
    ['an error', (response) => void response.writeHead(500).end()],
    ['a redirect', (response) => void response.writeHead(302, { location: '/jwks' }).end()],
    ['no JSON', (response) => void response.end('<html>')],
    ['no keys', publish([])],
    ['private keys', publish([{ ...key, d: 'A' }])],
    ['a cut connection', (response) => void response.destroy()],
    ['too much', (response) => void response.end(' '.repeat(100_000))],
  ])('fails on %s', async (_what, each) => {
    answer = each;
    await expect(fetchJwks(uri, policy)).rejects.toHaveProperty('message');
  });

  it.each<[string, Answer]>([
    ['silence', () => undefined],
    ['an endless trickle', (response) => void response.write('{"keys":[')],
  ])('gives up %s in time', async (_what, each) => {
    answer = each;
    await expect(fetchJwks(uri, hasty)).rejects.toHaveProperty('message');
  });

  it.each([
    'http://127.0.0.1:1/jwks',
    'https://127.0.0.1:1/jwks',
    'https://[::1]:1/jwks',
    'https://169.254.169.254/latest',
    'http://example.org/jwks',
  ])('does not go to %s unless it is told to', async (target) => {
    await expect(fetchJwks(target, { ...policy, privateHosts: [] })).rejects.toThrow(
      /public internet|https only/,
    );
  });

  it('judges the address that a name stands for', async () => {
    await expect(fetchJwks('https://localhost:1/jwks', policy)).rejects.toThrow('public internet');
  });
});

describe('ClientKeys', () => {
  const jwks: PublicJwks = { keys: [] };
  const make = (maxAgeS: number | undefined, capS = 300) => {
    const state = { fetches: 0, nowMs: 0 };
    const keys = new ClientKeys(
      async () => {
        state.fetches += 1;
        return { jwks, maxAgeS };
      },
      { maxAgeS: capS, clock: () => state.nowMs },
    );
    return { state, keys };
  };

  it.each([
    [0, 300, 0],
    [120, 300, 120],
    [86_400, 300, 300],
    [undefined, 300, 60],
    [undefined, 10, 10],
  ])('keeps keys of max-age %j, at most %d s, for %d s', async (maxAgeS, capS, keptS) => {
    const { state, keys } = make(maxAgeS, capS);
    await keys.get('u');
    state.nowMs = keptS * 1000 - 1;
    if (keptS > 0) await keys.get('u');
    expect(state.fetches).toBe(1);
    state.nowMs = keptS * 1000;
    await keys.get('u');
    expect(state.fetches).toBe(2);
  });

  it('shares one fetch among parallel askers', async () => {
    const { state, keys } = make(0);
    await Promise.all(Array.from({ length: 10 }, () => keys.get('u')));
    expect(state.fetches).toBe(1);
  });

  it('does not keep a failure', async () => {
    let fails = true;
    const keys = new ClientKeys(
      async () => {
        if (fails) throw new Error('away');
        return { jwks, maxAgeS: 60 };
      },
      { maxAgeS: 300, clock: () => 0 },
    );
    await expect(keys.get('u')).rejects.toThrow('away');
    fails = false;
    await expect(keys.get('u')).resolves.toBe(jwks);
  });
});

describe('a client that publishes its keys', () => {
  let oauth: OauthFixture;
  beforeAll(async () => {
    oauth = await startOauth();
  });
  afterAll(async () => {
    await oauth.close();
  });
  const exchange = async () => (await ask(oauth, tokenForm(await assertionOf(oauth)))).status;

  it('signs in with them until it removes them', async () => {
    await addClient(oauth, { jwks: undefined, jwksUri: uri });
    answer = publish([oauth.publicJwk], 'no-store');
    expect(await exchange()).toBe(200);
    expect(asked).toBe(1);
    answer = publish([{ ...oauth.publicJwk, kid: 'k2' }], 'no-store');
    expect(await exchange()).toBe(401);
  });

  it('is refused while its server is away, and we are told', async () => {
    await addClient(oauth, { jwks: undefined, jwksUri: `${uri}?away` });
    answer = (response) => void response.destroy();
    expect(await exchange()).toBe(401);
    expect(oauth.errors.length).toBeGreaterThan(0);
    answer = publish([oauth.publicJwk]);
    expect(await exchange()).toBe(200);
  });
});
