import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { z } from 'zod';
import { startNorthside, type Running } from './northside.module.js';
import { Settings } from './settings.js';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const Token = z.object({ access_token: z.string() });
const Bundle = z.object({
  total: z.number(),
  link: z.array(z.object({ relation: z.string(), url: z.string() })),
  entry: z
    .array(
      z.object({
        resource: z.looseObject({ id: z.string().optional() }),
        search: z.object({ mode: z.string() }),
      }),
    )
    .optional(),
});

describe('Northside', () => {
  let running: Running;
  let key: CryptoKey;
  let nowMs = Date.now();
  let serial = 0;

  beforeAll(async () => {
    const pair = await generateKeyPair('ES384', { extractable: true });
    key = pair.privateKey;
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1' };
    const settings = Settings.parse({ CLIENT_JWKS: JSON.stringify({ keys: [jwk] }), ADMIN: '1' });
    running = await startNorthside(settings, () => new Date(nowMs));
  });
  afterAll(() => running.close());

  async function assertion(jti: string, lifeS = 60): Promise<string> {
    const nowS = Math.floor(nowMs / 1000);
    return new SignJWT({ jti })
      .setProtectedHeader({ alg: 'ES384', kid: 'k1' })
      .setIssuer('proviso')
      .setSubject('proviso')
      .setAudience(running.northside.tokenUrl)
      .setExpirationTime(nowS + lifeS)
      .sign(key);
  }

  async function exchange(clientAssertion: string, scope = 'system/*.rs'): Promise<Response> {
    const form = {
      grant_type: 'client_credentials',
      scope,
      client_assertion_type: ASSERTION,
      client_assertion: clientAssertion,
    };
    return fetch(running.northside.tokenUrl, { method: 'POST', body: new URLSearchParams(form) });
  }

  async function token(scope?: string): Promise<string> {
    serial += 1;
    const body = Token.parse(await (await exchange(await assertion(`j${serial}`), scope)).json());
    return body.access_token;
  }

  async function get(path: string, bearer: string): Promise<Response> {
    const url = path.startsWith('http') ? path : `${running.northside.fhirBase}/${path}`;
    return fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
  }

  async function admin(method: string, path: string, body?: unknown): Promise<Response> {
    const init = { method, headers: { 'content-type': 'application/json' } };
    return fetch(`${running.origin}/admin/${path}`, {
      ...init,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async function write(method: string, path: string, headers: Record<string, string>, body?: unknown) {
    const bearer = await token(headers['scope'] ?? 'system/*.cruds');
    return fetch(`${running.northside.fhirBase}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${bearer}`,
        ...(body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  it('exchanges an assertion once and refuses its replay and a long life', async () => {
    const once = await assertion('once');
    expect((await exchange(once)).status).toBe(200);
    expect((await exchange(once)).status).toBe(401);
    expect((await exchange(await assertion('long', 3600))).status).toBe(401);
  });

  it('lets a token expire', async () => {
    const bearer = await token();
    expect((await get('Patient', bearer)).status).toBe(200);
    nowMs += 61_000;
    expect((await get('Patient', bearer)).status).toBe(401);
  });

  it('pages by an opaque link and gives every observation once', async () => {
    const bearer = await token();
    let url = 'Observation?patient=n-1003&category=laboratory&_count=3';
    const ids: (string | undefined)[] = [];
    for (let page = 0; page < 10 && url !== ''; page += 1) {
      const bundle = Bundle.parse(await (await get(url, bearer)).json());
      expect(bundle.total).toBe(10);
      ids.push(...(bundle.entry ?? []).map((entry) => entry.resource.id));
      url = bundle.link.find((link) => link.relation === 'next')?.url ?? '';
    }
    expect(ids).toHaveLength(10);
    expect(new Set(ids).size).toBe(10);
  });

  it('keeps the digits of decimals and changes the order of members', async () => {
    const bearer = await token();
    const texts = [];
    for (let time = 0; time < 3; time += 1) {
      texts.push(await (await get('Observation/mo-102', bearer)).text());
    }
    expect(texts.every((text) => text.includes('"value":120.00'))).toBe(true);
    expect(new Set(texts).size).toBeGreaterThan(1);
  });

  it('asks for patient and category of Observations', async () => {
    const bearer = await token();
    expect((await get('Observation?patient=n-1001', bearer)).status).toBe(400);
    expect((await get('Observation?category=laboratory', bearer)).status).toBe(400);
    expect((await get('Observation?patient=n-1001&code=718-7', bearer)).status).toBe(200);
  });

  it('tells an empty result by an outcome entry', async () => {
    const bundle = Bundle.parse(await (await get('Condition?patient=n-1002', await token())).json());
    expect(bundle.total).toBe(0);
    expect(bundle.entry?.map((entry) => entry.search.mode)).toEqual(['outcome']);
  });

  it('throttles with Retry-After', async () => {
    const bearer = await token();
    await admin('PUT', 'rate', { perMinute: 1 });
    expect((await get('Patient', bearer)).status).toBe(200);
    const refused = await get('Patient', bearer);
    await admin('PUT', 'rate', { perMinute: 1000 });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('60');
  });

  it('misbehaves as often as it is told', async () => {
    const bearer = await token();
    await admin('PUT', 'faults', [
      { kind: 'status', status: 503, retryAfter: '2', times: 1, match: '/Patient' },
    ]);
    const refused = await get('Patient', bearer);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect((await get('Patient', bearer)).status).toBe(200);
    expect((await admin('PUT', 'faults', [{ kind: 'nonsense' }])).status).toBe(400);
  });

  it('answers an unknown route and a body it cannot read with an OperationOutcome', async () => {
    const nowhere = await fetch(`${running.origin}/nowhere`);
    expect(nowhere.status).toBe(404);
    expect(await nowhere.text()).toContain('OperationOutcome');
    const broken = await fetch(`${running.origin}/admin/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(broken.status).toBe(400);
  });

  it('takes writes of some types, with its own id and meta, at the version that is named', async () => {
    const resource = {
      resourceType: 'Condition',
      code: { text: 'Gout' },
      subject: { reference: 'Patient/n-1003' },
    };
    const created = await write('POST', 'Condition', {}, resource);
    const shown = z.looseObject({ id: z.string(), meta: z.unknown() }).parse(await created.json());
    expect([created.status, shown.id.slice(0, 3)]).toEqual([201, 'nw-']);
    expect(shown.meta).toMatchObject({ tag: [{ system: 'https://northside.example/entry', code: 'api' }] });
    expect(created.headers.get('location')).toContain(`/Condition/${shown.id}/_history/`);
    const path = `Condition/${shown.id}`;
    const etag = created.headers.get('etag') ?? '';
    const statuses = [
      (await write('PUT', path, {}, { ...resource, id: shown.id })).status,
      (await write('PUT', path, { 'if-match': 'W/"0"' }, { ...resource, id: shown.id })).status,
      (await write('PUT', path, { 'if-match': etag }, { ...resource, id: shown.id })).status,
      (await write('DELETE', path, { 'if-match': etag })).status,
      (await write('PUT', 'Condition/other', { 'if-match': etag }, { ...resource, id: 'other' })).status,
      (await write('POST', 'Condition', {}, { ...resource, subject: { reference: 'Patient/nobody' } }))
        .status,
      (await write('POST', 'Encounter', {}, { resourceType: 'Encounter' })).status,
      (await write('POST', 'Condition', { scope: 'system/*.rs' }, resource)).status,
    ];
    expect(statuses).toEqual([428, 412, 200, 412, 404, 422, 405, 403]);
  });

  it('writes once under a key, and finds it by its tag', async () => {
    const tag = [{ system: 'urn:example:keys', code: 'k-7' }];
    const resource = {
      resourceType: 'Condition',
      meta: { tag },
      code: { text: 'Gout' },
      subject: { reference: 'Patient/n-1003' },
    };
    const keyed = { 'idempotency-key': 'k-7' };
    const [one, two] = [
      await write('POST', 'Condition', keyed, resource),
      await write('POST', 'Condition', keyed, resource),
    ];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(two.headers.get('location')).toBe(one.headers.get('location'));
    expect((await write('POST', 'Condition', keyed, { ...resource, code: { text: 'Flu' } })).status).toBe(
      422,
    );
    const found = Bundle.parse(
      await (await get('Condition?_tag=urn:example:keys|k-7', await token())).json(),
    );
    expect(found.total).toBe(1);
  });

  it('answers the create of an allergy without a body', async () => {
    const resource = { resourceType: 'AllergyIntolerance', patient: { reference: 'Patient/n-1003' } };
    const created = await write('POST', 'AllergyIntolerance', { prefer: 'return=representation' }, resource);
    expect([created.status, await created.text()]).toEqual([201, '']);
    expect(created.headers.get('location')).toContain('/AllergyIntolerance/nw-');
  });
});
