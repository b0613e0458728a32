import { timingSafeEqual } from 'node:crypto';

/** Whether two digests or MACs are the same. */
export function isSameDigest(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
