import crypto, { type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** How a kind of key is made, and how its file's text is read. `parse` throws on anything that is no such key. */
export interface KeyForm<T> {
  /** @param random a source of random bytes @returns the text of a new key's file */
  make(random: (bytes: number) => Buffer): string;
  parse(text: string): T;
}

/** An asymmetric signing key of this process. */
export interface SigningPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A private JWK Set. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export interface PrivateJwks {
  readonly keys: readonly (Readonly<Record<string, string>> & {
    readonly kid: string;
    readonly alg: string;
  })[];
}

/** 32 random bytes, kept as 64 hex digits. */
export const secret32: KeyForm<Uint8Array> = {
  make: (random) => `${random(32).toString('hex')}\n`,
  parse: (text) => new Uint8Array(Buffer.from(hex32(text), 'hex')),
};

/** Order of the secp256k1 group: a private key is in [1, n). @see https://www.secg.org/sec2-v2.pdf 2.4.1 */
const SECP256K1_N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** A secp256k1 private key: `0x` and 64 hex digits. */
export const secp256k1: KeyForm<string> = {
  make(random) {
    for (;;) {
      const text = random(32).toString('hex');
      if (inSecp256k1(text)) return `0x${text}\n`;
    }
  },
  parse(text) {
    const digits = hex32(text);
    if (!inSecp256k1(digits)) throw new Error('out of range');
    return `0x${digits}`;
  },
};

/** An Ed25519 or ML-DSA-44 private key in PKCS #8 PEM; its public key is derived. */
export function signingForm(type: 'ed25519' | 'ml-dsa-44'): KeyForm<SigningPair> {
  return {
    make: () => generate(type).export({ format: 'pem', type: 'pkcs8' }).toString(),
    parse(text) {
      const privateKey = crypto.createPrivateKey(text);
      if (privateKey.asymmetricKeyType !== type) throw new Error(`not a key of type ${type}`);
      return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
    },
  };
}

function generate(type: 'ed25519' | 'ml-dsa-44'): KeyObject {
  return type === 'ed25519'
    ? crypto.generateKeyPairSync('ed25519').privateKey
    : crypto.generateKeyPairSync('ml-dsa-44').privateKey;
}

const jwksSchema = z.object({
  keys: z
    .array(
      z
        .object({ kty: z.enum(['RSA', 'EC']), kid: z.string().min(1), alg: z.string(), d: z.string() })
        .catchall(z.string()),
    )
    .min(1)
    .max(16),
});

/** The authorization server's JWK Set: RS256 (which OpenID Connect demands) and ES256. */
export const oidcKeys: KeyForm<PrivateJwks> = {
  make() {
    const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const keys = [jwkOf(rsa, 'RS256', ['e', 'kty', 'n']), jwkOf(ec, 'ES256', ['crv', 'kty', 'x', 'y'])];
    return `${JSON.stringify({ keys }, undefined, 2)}\n`;
  },
  parse(text) {
    const jwks = jwksSchema.parse(JSON.parse(text));
    for (const key of jwks.keys) crypto.createPrivateKey({ key, format: 'jwk' });
    if (!jwks.keys.some((key) => key.alg === 'RS256')) throw new Error('no RS256 key');
    return jwks;
  },
};

/** The key id is the thumbprint of RFC 7638: `members` are the required ones, in order. */
function jwkOf(key: KeyObject, alg: string, members: readonly string[]) {
  const jwk = key.export({ format: 'jwk' });
  const required = Object.fromEntries(members.map((name) => [name, jwk[name]]));
  const kid = crypto.createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  return { ...jwk, kid, alg, use: 'sig' };
}

function hex32(text: string): string {
  const digits = text.trim().replace(/^0x/, '').toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits)) throw new Error('not 64 hex digits');
  return digits;
}

function inSecp256k1(digits: string): boolean {
  const value = BigInt(`0x${digits}`);
  return value > 0n && value < SECP256K1_N;
}
