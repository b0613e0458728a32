import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a ciphertext is bound to, in one unambiguous string. */
export function bindingText(tenant: string, table: string, id: string, scope: string): string {
  return JSON.stringify([tenant, table, id, scope]);
}

/**
 * Encrypts with AES-256-GCM (NIST SP 800-38D) under a random 96-bit nonce.
 * @param key 256 bits
 * @param aad see `bindingText`
 * @returns nonce (12) || ciphertext || tag (16)
 */
export function encrypt(key: KeyObject, plain: Uint8Array, aad: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  cipher.setAAD(Buffer.from(aad));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, body, cipher.getAuthTag()]);
}

/** Reverses `encrypt`; `undefined` where key, bytes or binding do not fit. */
export function decrypt(key: KeyObject, sealed: Uint8Array, aad: string): Uint8Array | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = sealed.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(aad)).setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, end));
  try {
    decipher.final();
    return plain;
  } catch {
    return undefined; // the one failure that GCM knows: the tag does not fit
  }
}
