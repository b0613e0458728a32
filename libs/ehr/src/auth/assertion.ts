import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { VendorProfile } from '../vendor-profile.js';

/** The key that signs assertions for one vendor. */
export interface AssertionKey {
  readonly key: KeyObject;
  readonly keyId: string | undefined;
}

const Jwk = z.looseObject({ kty: z.string(), kid: z.string().optional(), d: z.string() });
/** SMART allows 300 s; less is enough to cross a network, more only helps a thief. */
const LIFE_S = 120;

/**
 * Reads the private key of a profile, a JWK or PKCS #8 PEM.
 *
 * @throws Error naming the file; nothing of its content.
 */
export async function loadAssertionKey(auth: VendorProfile['auth']): Promise<AssertionKey> {
  const text = await readFile(auth.keyFile, 'utf8');
  try {
    if (!text.trimStart().startsWith('{')) {
      return { key: createPrivateKey(text), keyId: auth.keyId };
    }
    const jwk = Jwk.parse(JSON.parse(text));
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), keyId: auth.keyId ?? jwk.kid };
  } catch {
    throw new Error(`${auth.keyFile}: neither a private JWK nor PKCS #8 PEM`);
  }
}

/**
 * Signs a client assertion, used once.
 *
 * @param audience The token endpoint's URL.
 * @see https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
export async function signAssertion(
  auth: VendorProfile['auth'],
  { key, keyId }: AssertionKey,
  audience: string,
  nowMs: number,
): Promise<string> {
  const nowS = Math.floor(nowMs / 1000);
  return new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: auth.alg, typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) })
    .setIssuer(auth.clientId)
    .setSubject(auth.clientId)
    .setAudience(audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + LIFE_S)
    .sign(key);
}
