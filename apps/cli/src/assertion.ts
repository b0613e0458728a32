import { randomUUID } from 'node:crypto';
import { SignJWT, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { CommandError } from './exit.js';

const tokenSchema = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  scope: z.string().optional(),
});

/** A client and what it asks for at the token endpoint. */
export interface TokenRequest {
  readonly tokenUrl: string;
  readonly client: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly purpose: string | undefined;
}

/**
 * An access token by a signed assertion.
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
export async function requestToken(request: TokenRequest): Promise<z.infer<typeof tokenSchema>> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: request.scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(request),
    ...(request.purpose === undefined ? {} : { purpose_of_use: request.purpose }),
  });
  const response = await fetch(request.tokenUrl, {
    method: 'POST',
    body: form,
    signal: AbortSignal.timeout(10_000),
  });
  const body: unknown = await response.json();
  const parsed = tokenSchema.safeParse(body);
  if (!response.ok || !parsed.success) {
    throw new CommandError(`The token endpoint refused: ${response.status} ${JSON.stringify(body)}`);
  }
  return parsed.data;
}

async function assertion(request: TokenRequest): Promise<string> {
  const jwk: JWK = { ...request.jwk };
  const alg = jwk.kty === 'RSA' ? 'RS384' : 'ES384';
  const nowS = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg, typ: 'JWT', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .setIssuer(request.client)
    .setSubject(request.client)
    .setAudience(request.tokenUrl)
    .setJti(randomUUID())
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + 240)
    .sign(await importJWK(jwk, alg));
}
