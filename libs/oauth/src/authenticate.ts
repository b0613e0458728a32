import { GatewayError } from '#outcome';
import { principalOf, type Principal, type StoredGrantModel, type TokenStore } from '#smart';
import { hashOf } from './token-id.js';

/** 256 bits in base64url: what the token endpoint gives out. Anything else is not looked up. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** What a token is judged by. */
export interface TokenRules {
  readonly store: TokenStore;
  readonly fhirBase: string;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Who holds a bearer token.
 *
 * @throws GatewayError `login-required` without a token or for one that was never given out; `token-expired` for one that
 *   has ended, was revoked, or whose client was removed; `integrity-failure` where its row was tampered with
 */
export async function authenticate(rules: TokenRules, bearer: string | undefined): Promise<Principal> {
  if (bearer === undefined || !TOKEN.test(bearer)) throw new GatewayError('login-required');
  const tokenHash = hashOf(bearer);
  const row = await rules.store.find('ClientCredentials', tokenHash);
  if (row?.expiresMs === undefined || row.expiresMs <= rules.clock()) throw new GatewayError('token-expired');
  if (row.payload['aud'] !== rules.fhirBase) throw new GatewayError('login-required');
  return principalFrom(row, row.expiresMs);
}

/** The token in an Authorization header's value. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function bearerOf(authorization: string | undefined): string | undefined {
  const [, token] = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization ?? '') ?? [];
  return token;
}

function principalFrom(row: StoredGrantModel, expiresMs: number): Principal {
  const extra: unknown = row.payload['extra'];
  if (typeof extra !== 'object' || extra === null) throw new GatewayError('login-required');
  const claims: Readonly<Record<string, unknown>> = { ...extra };
  return principalOf({
    tenant: claims['tenant'],
    client: row.payload['clientId'],
    user: undefined,
    organization: claims['organization'],
    roles: claims['roles'],
    source: claims['source'],
    scope: row.payload['scope'],
    patient: claims['patient'],
    purpose: claims['purpose_of_use'],
    tokenHash: row.idHash,
    expiresMs,
  });
}
