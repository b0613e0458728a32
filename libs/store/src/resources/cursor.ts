import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Predicate } from '#consent';
import { hmacSha256 } from '#digest';
import { GatewayError } from '#outcome';

const MAC_BYTES = 32;
const POSITION = z.array(z.string());

/** Whose page it is, and of what: a cursor is good for nothing else. */
export interface CursorScope {
  readonly predicate: Pick<Predicate, 'tenant' | 'actors' | 'purpose'>;
  /** The query as data, without its cursor. */
  readonly query: unknown;
}

/**
 * Where the next page begins, opaque and authenticated: base64url of HMAC-SHA-256 and position. It says where to go on
 * and proves nothing: consent is judged anew for each page.
 */
export function writeCursor(key: Uint8Array, scope: CursorScope, position: readonly string[]): string {
  const text = Buffer.from(JSON.stringify(position));
  return Buffer.concat([macOf(key, scope, text), text]).toString('base64url');
}

/** @throws `invalid-value` for a cursor of another caller or query, and for one that we did not make. */
export function readCursor(key: Uint8Array, scope: CursorScope, cursor: string): readonly string[] {
  const bytes = Buffer.from(cursor, 'base64url');
  const text = bytes.subarray(MAC_BYTES);
  const mac = bytes.subarray(0, MAC_BYTES);
  const isOurs = mac.length === MAC_BYTES && timingSafeEqual(mac, macOf(key, scope, text));
  // One position has one text: what decodes to the same bytes is not the cursor that we gave.
  if (!isOurs || bytes.toString('base64url') !== cursor) {
    throw new GatewayError('invalid-value', { expression: ['_cursor'] });
  }
  return POSITION.parse(JSON.parse(text.toString()));
}

function macOf(key: Uint8Array, { predicate, query }: CursorScope, text: Buffer): Uint8Array {
  const { tenant, actors, purpose } = predicate;
  const scope = JSON.stringify([
    'proviso cursor v1',
    tenant,
    actors.toSorted(),
    purpose,
    query,
    text.toString('base64'),
  ]);
  return hmacSha256(key, scope);
}
