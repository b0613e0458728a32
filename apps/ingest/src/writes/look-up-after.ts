import { PERMIT_LIFETIME_MS } from '#consent';
import type { VendorProfile } from '#ehr';

/** For clocks that differ, and for a vendor that stores a request some time after the connection is given up. */
const SPARE_MS = 5_000;

/**
 * Age at which open writes are looked up: what is configured, but never while one may still be under way. Sending begins while
 * its permit lives, which was given before the intent, and lasts as long as the vendor's profile lets it.
 */
export function lookUpAfterMs(
  configuredMs: number,
  vendors: readonly Pick<VendorProfile, 'write'>[],
): number {
  const longestMs = vendors.flatMap(({ write }) => (write === undefined ? [] : [write.timeoutMs]));
  return Math.max(configuredMs, ...longestMs.map((ms) => ms + PERMIT_LIFETIME_MS + SPARE_MS));
}
