import crypto from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as jose from 'jose';
import { MemoryTokenStore } from '../../../smart/src/testing/memory-token-store.js';
import { createAuthorizationServer, type AuthorizationServer } from '../authorization-server.js';
import { registerClient } from '../clients.js';

/** A running authorization server on a free port, and the keys of one client. */
export interface OauthFixture {
  readonly store: MemoryTokenStore;
  readonly server: AuthorizationServer;
  readonly issuer: string;
  readonly fhirBase: string;
  readonly errors: unknown[];
  /** Moves the clock that tokens are judged by. */
  readonly time: { shiftMs: number };
  readonly privateKey: jose.CryptoKey;
  readonly publicJwk: jose.JWK;
  close(): Promise<void>;
}

/** What the store throws while it is away. */
export class Away extends Error {}

/** Starts it on a port of its own, or makes it for another server's origin. */
export async function startOauth(publicOrigin?: string): Promise<OauthFixture> {
  const handle: { server?: AuthorizationServer } = {};
  const listener = http.createServer((request, response) => void handle.server?.callback(request, response));
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const origin = publicOrigin ?? `http://127.0.0.1:${portOf(listener)}`;
  const { privateKey, publicKey } = await jose.generateKeyPair('ES384', { extractable: true });
  const store = new MemoryTokenStore();
  const errors: unknown[] = [];
  const time = { shiftMs: 0 };
  handle.server = createAuthorizationServer({
    issuer: `${origin}/oauth`,
    fhirBase: `${origin}/fhir/R4`,
    tenant: 'default',
    store,
    jwks: serverKeys,
    accessTokenTtlS: 300,
    clockToleranceS: 15,
    clientKeys: { maxAgeS: 300, timeoutMs: 20_000, privateHosts: ['127.0.0.1'] },
    clock: () => Date.now() + time.shiftMs,
    onError: (error) => errors.push(error),
    isUnavailable: (error) => error instanceof Away,
  });
  return {
    store,
    server: handle.server,
    issuer: `${origin}/oauth`,
    fhirBase: `${origin}/fhir/R4`,
    errors,
    time,
    privateKey,
    publicJwk: { ...(await jose.exportJWK(publicKey)), kid: 'k1', alg: 'ES384', use: 'sig' },
    close: () => stop(listener),
  };
}

/** Registers `app`, or a change of it. */
export async function addClient(fixture: OauthFixture, change: Record<string, unknown> = {}): Promise<void> {
  await registerClient(fixture.store, {
    id: 'app',
    name: 'App',
    jwks: { keys: [fixture.publicJwk] },
    scopes: ['system/*.rs', 'system/Consent.r'],
    purposes: ['TREAT'],
    organization: 'north',
    ...change,
  });
}

/** A signed assertion of `app`; `change` replaces claims, `header` header members. */
export async function assertionOf(
  fixture: OauthFixture,
  change: Readonly<Record<string, unknown>> = {},
  header: Partial<jose.JWTHeaderParameters> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'app',
    sub: 'app',
    aud: `${fixture.issuer}/token`,
    jti: crypto.randomUUID(),
    exp: now + 300,
    ...change,
  };
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return new jose.SignJWT(kept)
    .setProtectedHeader({ alg: 'ES384', kid: 'k1', ...header })
    .sign(fixture.privateKey);
}

/** Asks an endpoint, form-encoded. */
export async function ask(
  fixture: OauthFixture,
  form: Record<string, string> | string,
  path = '/token',
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await fetch(`${fixture.issuer}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  const text = await response.text();
  const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body, headers: response.headers };
}

/** The form of a token request. */
export function tokenForm(assertion: string, change: Record<string, string> = {}): Record<string, string> {
  return {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    ...signed(assertion),
    ...change,
  };
}

/** The two parameters that a client signs in with. */
export function signed(assertion: string): Record<string, string> {
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}

export function portOf(server: http.Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function stop(server: http.Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
const serverKeys = {
  keys: [
    {
      kty: 'RSA',
      n: rsa.n ?? '',
      e: rsa.e ?? '',
      d: rsa.d ?? '',
      p: rsa.p ?? '',
      q: rsa.q ?? '',
      dp: rsa.dp ?? '',
      dq: rsa.dq ?? '',
      qi: rsa.qi ?? '',
      kid: 's1',
      alg: 'RS256',
      use: 'sig',
    },
  ],
};
