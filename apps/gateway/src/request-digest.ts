import { sha256 } from '#digest';
import type { Incoming } from '#http';

/** What an Idempotency-Key stands for: SHA-256 of all of a request that says what is to be written. */
export function requestDigest({ method, path, query, ifMatch, contentType, body }: Incoming): Uint8Array {
  const head = JSON.stringify([method, path, query, ifMatch ?? null, contentType ?? null]);
  return sha256(Buffer.concat([Buffer.from(`${head}\n`, 'utf8'), body]));
}
