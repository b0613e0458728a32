import crypto from 'node:crypto';
import * as jose from 'jose';
import { removeClient } from './clients.js';
import { bearerOf } from './authenticate.js';
import { hashOf } from './token-id.js';
import {
  Away,
  addClient,
  ask,
  assertionOf,
  signed,
  startOauth,
  tokenForm,
  type OauthFixture,
} from './testing/oauth-fixture.js';

const PARALLEL = 100;

let oauth: OauthFixture;
beforeAll(async () => {
  oauth = await startOauth();
});
afterAll(async () => {
  await oauth.close();
});
beforeEach(async () => {
  oauth.time.shiftMs = 0;
  oauth.errors.length = 0;
  await addClient(oauth);
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = async (change: Record<string, string> = {}): Promise<string> => {
  const { status, body } = await ask(oauth, tokenForm(await assertionOf(oauth), change));
  if (status !== 200) throw new Error(JSON.stringify(body));
  return String(body['access_token']);
};
const refusal = async (claims: Record<string, unknown>, header: Partial<jose.JWTHeaderParameters> = {}) => {
  const { status, body } = await ask(oauth, tokenForm(await assertionOf(oauth, claims, header)));
  return `${status} ${String(body['error'])}`;
};

describe('the token endpoint', () => {
  it('gives an opaque token for a signed assertion, and says no-store twice', async () => {
    const { status, body, headers } = await ask(oauth, tokenForm(await assertionOf(oauth)));
    expect(status).toBe(200);
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'system/Patient.rs',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('pragma')).toBe('no-cache');
  });

  it('takes the issuer as audience too', async () => {
    expect(await refusal({ aud: oauth.issuer })).toBe('200 undefined');
  });

  it('stores nothing that the bearer could be read from', async () => {
    const token = await tokenOf();
    const rows = JSON.stringify(await oauth.store.list('ClientCredentials'));
    expect(rows).not.toContain(token);
    expect(rows).toContain(hashOf(token));
  });

  it('gives every one of parallel requests its own token', async () => {
    const forms = await Promise.all(
      Array.from({ length: 20 }, async () => tokenForm(await assertionOf(oauth))),
    );
    const answers = await Promise.all(forms.map((form) => ask(oauth, form)));
    expect(new Set(answers.map((each) => each.body['access_token'])).size).toBe(20);
  });

  it('gives one token for an assertion that is sent a hundred times at once', async () => {
    const form = tokenForm(await assertionOf(oauth));
    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => ask(oauth, form)));
    expect(answers.filter((each) => each.status === 200)).toHaveLength(1);
    expect(answers.filter((each) => each.body['error'] === 'invalid_client')).toHaveLength(PARALLEL - 1);
  });

  it('accepts RS384', async () => {
    const pair = await jose.generateKeyPair('RS384');
    await addClient(oauth, { jwks: { keys: [{ ...(await jose.exportJWK(pair.publicKey)), kid: 'r1' }] } });
    const assertion = await new jose.SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'RS384', kid: 'r1' })
      .setIssuer('app')
      .setSubject('app')
      .setAudience(`${oauth.issuer}/token`)
      .setExpirationTime('4m')
      .sign(pair.privateKey);
    expect((await ask(oauth, tokenForm(assertion))).status).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['another audience', { aud: 'https://elsewhere.example.org/token' }],
    ['a further audience', { aud: ['https://elsewhere.example.org'] }],
    ['an expired one', { exp: Math.floor(Date.now() / 1000) - 60 }],
    ['a life above five minutes', { exp: Math.floor(Date.now() / 1000) + 3600 }],
    ['no expiry', { exp: undefined }],
    ['no id', { jti: undefined }],
    ['an oversized id', { jti: 'x'.repeat(300) }],
    ['another issuer', { iss: 'other' }],
    ['an unknown client', { iss: 'nobody', sub: 'nobody' }],
    ['no subject', { sub: undefined }],
    ['a time not yet come', { nbf: Math.floor(Date.now() / 1000) + 600 }],
  ])('refuses an assertion with %s', async (_what, claims) => {
    expect(await refusal(claims)).toBe('401 invalid_client');
  });

  it('refuses an audience of ours beside a foreign one', async () => {
    const aud = [`${oauth.issuer}/token`, 'https://elsewhere.example.org'];
    expect(await refusal({ aud })).toBe('401 invalid_client');
  });

  it('refuses a key id that is not registered, and a foreign jku', async () => {
    expect(await refusal({}, { kid: 'other' })).toBe('401 invalid_client');
    expect(await refusal({}, { jku: 'https://elsewhere.example.org/jwks' })).toBe('401 invalid_client');
  });

  it('refuses unsigned and symmetrically signed assertions', async () => {
    const claims = {
      iss: 'app',
      sub: 'app',
      aud: `${oauth.issuer}/token`,
      jti: 'j',
      exp: Math.floor(Date.now() / 1000) + 60,
    };
    const none = `${part({ alg: 'none', kid: 'k1' })}.${part(claims)}.`;
    const secret = new TextEncoder().encode(JSON.stringify(oauth.publicJwk));
    const hmac = await new jose.SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(secret);
    for (const assertion of [none, hmac]) {
      const { status, body } = await ask(oauth, tokenForm(assertion));
      expect([status, body['error']]).toEqual([401, 'invalid_client']);
    }
  });

  it('refuses an assertion that somebody else signed', async () => {
    const { privateKey } = await jose.generateKeyPair('ES384');
    const assertion = await assertionOf({ ...oauth, privateKey });
    expect((await ask(oauth, tokenForm(assertion))).status).toBe(401);
  });

  it.each([
    'system/Patient.c',
    'system/Patient.rs system/Patient.d',
    'system/Group.r',
    'user/Patient.r',
    'patient/Patient.r',
    'openid',
    'offline_access',
    '__proviso/audit.read',
    'nonsense',
    'system/Observation.rs?code:in=x',
    '',
  ])('gives nothing at all for the scope %j', async (scope) => {
    const { status, body } = await ask(oauth, tokenForm(await assertionOf(oauth), { scope }));
    expect(status).toBe(400);
    expect(body['error']).toBe('invalid_scope');
    expect(body).not.toHaveProperty('access_token');
  });

  it('keeps a granular scope as it was asked', async () => {
    const scope =
      'system/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory';
    const principal = await oauth.server.authenticate(await tokenOf({ scope }));
    expect(principal.scopes).toEqual([
      {
        level: 'system',
        type: 'Observation',
        letters: ['r', 's'],
        params: [['category', 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory']],
      },
    ]);
  });

  it('refuses another resource than the FHIR base', async () => {
    const form = tokenForm(await assertionOf(oauth), { resource: 'https://elsewhere.example.org/fhir' });
    expect((await ask(oauth, form)).body['error']).toBe('invalid_target');
  });

  it.each(['scope', 'grant_type', 'client_assertion', 'purpose_of_use'])(
    'refuses a repeated %s',
    async (name) => {
      const form = new URLSearchParams(tokenForm(await assertionOf(oauth), { purpose_of_use: 'TREAT' }));
      form.append(name, form.get(name) ?? '');
      const { status, body } = await ask(oauth, form.toString());
      expect([status, body['error']]).toEqual([400, 'invalid_request']);
    },
  );

  it('refuses oversized input', async () => {
    const scope = Array.from({ length: 1_000 }, () => 'system/Patient.rs').join(' ');
    expect((await ask(oauth, tokenForm(await assertionOf(oauth), { scope }))).body['error']).toBe(
      'invalid_scope',
    );
    const form = tokenForm(await assertionOf(oauth), { scope: 'x'.repeat(100_000) });
    expect((await ask(oauth, form)).status).toBe(400);
  });

  it.each(['password', 'authorization_code', 'refresh_token', 'implicit', ''])(
    'refuses the grant type %j',
    async (grantType) => {
      const { status } = await ask(oauth, tokenForm(await assertionOf(oauth), { grant_type: grantType }));
      expect(status).toBe(400);
    },
  );

  it.each([
    {},
    { client_id: 'app' },
    { client_id: 'app', client_secret: 'x' },
    signed('not.a.jwt'),
    signed(''),
  ])('refuses to be asked with %j', async (form) => {
    const { status, body } = await ask(oauth, {
      grant_type: 'client_credentials',
      scope: 'system/Patient.r',
      ...form,
    });
    expect([400, 401]).toContain(status);
    expect(['invalid_request', 'invalid_client']).toContain(body['error']);
  });

  it('answers in JSON even where a page is asked for', async () => {
    for (const path of ['/token', '/auth?client_id=app', '/nowhere']) {
      const response = await fetch(`${oauth.issuer}${path}`, { headers: { accept: 'text/html' } });
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
    }
  });

  it('says the issuer in its documents, whatever the request says', async () => {
    const response = await fetch(`${oauth.issuer}/.well-known/openid-configuration`, {
      headers: { 'x-forwarded-host': 'evil.example.org', 'x-forwarded-proto': 'https' },
    });
    const text = await response.text();
    expect(text).not.toContain('evil');
    expect(JSON.parse(text)).toMatchObject({ issuer: oauth.issuer, token_endpoint: `${oauth.issuer}/token` });
  });

  it('is quiet about a failing store, and tells us', async () => {
    oauth.store.failNext(new Error('secret of the database'));
    const { status, body } = await ask(oauth, tokenForm(await assertionOf(oauth)));
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(oauth.errors).toHaveLength(1);
  });

  it('asks for another try while the store is away', async () => {
    oauth.store.failNext(new Away('secret of the database'));
    const { status, body, headers } = await ask(oauth, tokenForm(await assertionOf(oauth)));
    expect({ status, body, retry: headers.get('retry-after') }).toEqual({
      status: 503,
      body: { error: 'temporarily_unavailable', error_description: 'try again' },
      retry: '1',
    });
    expect(await refusal({})).toBe('200 undefined');
  });
});

describe('the purpose of use', () => {
  it('is the only one that is registered', async () => {
    expect((await oauth.server.authenticate(await tokenOf())).purpose).toBe('TREAT');
  });

  it('must be named by a client with several, and is in the token', async () => {
    await addClient(oauth, { purposes: ['TREAT', 'HPAYMT'] });
    const unnamed = await ask(oauth, tokenForm(await assertionOf(oauth)));
    expect([unnamed.status, unnamed.body['error']]).toEqual([400, 'invalid_request']);
    expect((await oauth.server.authenticate(await tokenOf({ purpose_of_use: 'HPAYMT' }))).purpose).toBe(
      'HPAYMT',
    );
  });

  it.each(['ETREAT', 'treat', '', 'TREAT HPAYMT'])('is refused when it is %j', async (purpose) => {
    const form = tokenForm(await assertionOf(oauth), { purpose_of_use: purpose });
    expect((await ask(oauth, form)).body['error']).toBe('invalid_request');
  });
});

describe('authenticate', () => {
  it('tells who holds a token', async () => {
    await addClient(oauth, { roles: ['auditor', 'relay'], scopes: ['system/*.rs', '__proviso/audit.read'] });
    const beganMs = Date.now();
    const token = await tokenOf({ scope: 'system/*.read __proviso/audit.read' });
    const principal = await oauth.server.authenticate(token);
    expect(principal).toMatchObject({
      tenant: 'default',
      client: 'app',
      user: undefined,
      organization: 'north',
      roles: ['auditor'],
      scopes: [{ level: 'system', type: '*', letters: ['r', 's'], params: [] }],
      purpose: 'TREAT',
      tokenHash: hashOf(token),
    });
    // told in whole seconds
    expect(principal.expiresMs).toBeGreaterThanOrEqual(beganMs + 299_000);
    expect(principal.expiresMs).toBeLessThanOrEqual(Date.now() + 301_000);
  });

  it('tells for which patient a client of hers speaks, and gives it nothing of others', async () => {
    await addClient(oauth, { patient: 'p-1', scopes: ['patient/AuditEvent.rs'], purposes: ['PATRQT'] });
    const token = await tokenOf({ scope: 'patient/AuditEvent.rs' });
    expect(await oauth.server.authenticate(token)).toMatchObject({
      patient: 'p-1',
      purpose: 'PATRQT',
      scopes: [{ level: 'patient', type: 'AuditEvent', letters: ['r', 's'], params: [] }],
    });
    for (const scope of ['system/AuditEvent.rs', 'user/AuditEvent.rs', 'patient/*.rs']) {
      const form = tokenForm(await assertionOf(oauth), { scope });
      expect((await ask(oauth, form)).body['error']).toBe('invalid_scope');
    }
  });

  it('gives no scope of patient level to a client that is registered for no patient', async () => {
    await addClient(oauth, { scopes: ['system/*.rs', 'patient/AuditEvent.rs'] });
    const form = tokenForm(await assertionOf(oauth), { scope: 'patient/AuditEvent.rs' });
    expect((await ask(oauth, form)).body['error']).toBe('invalid_scope');
  });

  it.each([undefined, '', 'x', `${'a'.repeat(42)}!`, 'a'.repeat(44)])(
    'asks for a login instead of %j',
    async (token) => {
      await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'login-required' });
    },
  );

  it('does not ask the store about what no token looks like', async () => {
    const before = oauth.store.calls.get('find');
    await expect(oauth.server.authenticate('short')).rejects.toMatchObject({ code: 'login-required' });
    expect(oauth.store.calls.get('find')).toBe(before);
  });

  it('knows no token that it never gave', async () => {
    await expect(oauth.server.authenticate('a'.repeat(43))).rejects.toMatchObject({ code: 'token-expired' });
  });

  it('ends a token at its time', async () => {
    const token = await tokenOf();
    oauth.time.shiftMs = 250_000;
    await expect(oauth.server.authenticate(token)).resolves.toMatchObject({ client: 'app' });
    oauth.time.shiftMs = 301_000;
    await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'token-expired' });
  });

  it('ends the tokens of a removed client at once, and gives it none', async () => {
    const token = await tokenOf();
    expect(await removeClient(oauth.store, 'app')).toBe(true);
    await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'token-expired' });
    expect(await refusal({})).toBe('401 invalid_client');
  });

  it('leaves no token behind when the client is removed while tokens are given', async () => {
    const forms = await Promise.all(
      Array.from({ length: 20 }, async () => tokenForm(await assertionOf(oauth))),
    );
    const asked = forms.map((form) => ask(oauth, form));
    await removeClient(oauth.store, 'app');
    const tokens = (await Promise.all(asked))
      .map((each) => each.body['access_token'])
      .filter((each) => typeof each === 'string');
    for (const token of tokens) {
      await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'token-expired' });
    }
    expect(await oauth.store.list('ClientCredentials')).toEqual([]);
  });

  it('keeps the tokens of a client that is registered again as it was', async () => {
    const token = await tokenOf();
    await addClient(oauth);
    await expect(oauth.server.authenticate(token)).resolves.toMatchObject({ client: 'app' });
  });

  it('ends the tokens of a client whose registration changes', async () => {
    const token = await tokenOf();
    await addClient(oauth, { scopes: ['system/Patient.r'] });
    await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'token-expired' });
  });
});

describe('revocation and introspection', () => {
  it('revokes a token of one’s own', async () => {
    const token = await tokenOf();
    const answer = await ask(oauth, { token, ...signed(await assertionOf(oauth)) }, '/token/revocation');
    expect(answer.status).toBe(200);
    await expect(oauth.server.authenticate(token)).rejects.toMatchObject({ code: 'token-expired' });
  });

  it('tells a client about its own token', async () => {
    const token = await tokenOf();
    const { body } = await ask(oauth, { token, ...signed(await assertionOf(oauth)) }, '/token/introspection');
    expect(body).toMatchObject({
      active: true,
      client_id: 'app',
      scope: 'system/Patient.rs',
      purpose_of_use: 'TREAT',
      exp: expect.any(Number),
    });
  });

  it("says no more than inactive of others' tokens and of none", async () => {
    const token = await tokenOf();
    await addClient({ ...oauth, store: oauth.store }, { id: 'other', jwks: { keys: [oauth.publicJwk] } });
    const other = { iss: 'other', sub: 'other' };
    for (const each of [token, 'a'.repeat(43), 'x']) {
      const form = { token: each, ...signed(await assertionOf(oauth, other)) };
      expect((await ask(oauth, form, '/token/introspection')).body).toEqual({ active: false });
    }
    const revoked = await ask(
      oauth,
      { token, ...signed(await assertionOf(oauth, other)) },
      '/token/revocation',
    );
    expect(revoked.status).toBe(200);
    await expect(oauth.server.authenticate(token)).resolves.toMatchObject({ client: 'app' });
  });

  it('answers nobody who did not sign in', async () => {
    for (const path of ['/token/introspection', '/token/revocation']) {
      expect((await ask(oauth, { token: 'a'.repeat(43) }, path)).status).toBe(400);
    }
  });
});

describe('the discovery document', () => {
  it('has what SMART demands of a server for backend services', () => {
    expect(oauth.server.smartConfiguration()).toMatchObject({
      token_endpoint: `${oauth.issuer}/token`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
      code_challenge_methods_supported: ['S256'],
      capabilities: expect.arrayContaining(['client-confidential-asymmetric']),
    });
  });

  it('names endpoints that answer', async () => {
    const { token_endpoint, introspection_endpoint, revocation_endpoint } = oauth.server.smartConfiguration();
    for (const url of [token_endpoint, introspection_endpoint, revocation_endpoint]) {
      expect((await fetch(String(url), { method: 'POST' })).status).toBe(400);
    }
  });
});

describe('bearerOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer  abc', 'abc'],
    ['Basic abc', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    ['Bearer a,b', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});
