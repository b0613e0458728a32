import { isSameDigest } from './is-same-digest.js';
import type { KeyedWrite, KeyedWriteBegun } from './keyed-write.js';

type Before = Pick<KeyedWrite, 'id' | 'state' | 'request' | 'expiresMs' | 'closedMs'>;

/** Whether a key stands for nothing any more. A write of which nobody knows the end never expires. */
export function hasExpired(
  { expiresMs, closedMs }: Pick<Before, 'expiresMs' | 'closedMs'>,
  nowMs: number,
): boolean {
  return closedMs !== undefined && expiresMs <= nowMs;
}

/** Whether a write may begin under a key that is there: it expired, or the same request was surely not written. */
export function mayBegin(before: Before, again: KeyedWriteBegun): boolean {
  if (hasExpired(before, again.openedMs)) return true;
  return (
    before.state === 'not-written' && before.id === again.id && isSameDigest(before.request, again.request)
  );
}
