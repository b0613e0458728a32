import { createPrivateKey, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandError, EXIT } from './exit.js';

const schema = z.looseObject({ kty: z.enum(['RSA', 'EC']), d: z.string(), kid: z.string().optional() });
const PRIVATE = new Set(['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth']);

/** A private key as JWK, from the text of a JWK or PEM file. Ends the command where it is neither. */
export function privateJwk(text: string): Record<string, unknown> {
  try {
    return schema.parse(text.trimStart().startsWith('{') ? JSON.parse(text) : jwkOfPem(text));
  } catch {
    throw new CommandError('The key file holds neither a private JWK nor a PEM key.', EXIT.usage);
  }
}

/** The key of a file; an EC key (P-384) is made there, mode 0600, where it is missing. */
export function keptJwk(file: string, kid: string): Record<string, unknown> {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES384', use: 'sig' };
    writeFileSync(file, JSON.stringify(jwk), { mode: 0o600, flag: 'wx' });
  }
  return privateJwk(readFileSync(file, 'utf8'));
}

/** The part of a key that others may see. */
export function publicJwk(jwk: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !PRIVATE.has(name)));
}

function jwkOfPem(text: string): JsonWebKey {
  return createPrivateKey(text).export({ format: 'jwk' });
}
