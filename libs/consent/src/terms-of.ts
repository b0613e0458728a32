import type { Hex, Terms } from './chain-terms.js';
import { EVERYBODY, granteeOf } from './commitment.js';
import { kindOf, type ParsedConsent } from './parse-consent.js';
import type { Provision } from './parse-provision.js';
import { bitmapOf, EVERY_CLASS, EVERY_PURPOSE, VOCABULARY } from './vocabulary.js';

/**
 * The chain terms of a Consent. A permit's bits are what its permitting provisions name together (all names of today's
 * list where one has no constraint); a deny's are what its denying provisions name (every bit, unassigned ones too,
 * where one has no constraint), so that the terms of a permit are never narrower, nor those of a deny, than the Consent.
 *
 * @param grantee The actor string that the grant is for; `undefined` for a deny that is meant for everybody.
 * @param salt 32 random bytes.
 */
export function termsOf(consent: ParsedConsent, grantee: string | undefined, salt: Hex): Terms {
  const kind = kindOf(consent);
  const provisions = [consent.base, ...consent.exceptions].filter((item) => item.effect === kind);
  return {
    vocabulary: VOCABULARY.hash,
    grantee: kind === 'deny' && !isFor(provisions, grantee) ? EVERYBODY : granteeOf(grantee),
    classes: provisions.reduce((map, item) => map | classesOf(item), 0n),
    purposes: provisions.reduce((map, item) => map | purposesOf(item), 0n),
    consentHash: consent.hash,
    salt,
  };
}

/** The one actor whom the provisions of the Consent's kind name; `undefined` where none or several are named. */
export function soleActor(consent: ParsedConsent): string | undefined {
  const kind = kindOf(consent);
  const provisions = [consent.base, ...consent.exceptions].filter((item) => item.effect === kind);
  const [actor] = provisions[0]?.actors ?? [];
  return isFor(provisions, actor) ? actor : undefined;
}

function isFor(provisions: readonly Provision[], grantee: string | undefined): boolean {
  return provisions.every((item) => item.actors?.every((actor) => actor === grantee) ?? false);
}

function classesOf({ effect, classes }: Provision): bigint {
  return classes === null && effect === 'deny' ? EVERY_CLASS : bitmapOf(VOCABULARY.classes, classes);
}

function purposesOf({ effect, purposes }: Provision): bigint {
  return purposes === null && effect === 'deny' ? EVERY_PURPOSE : bitmapOf(VOCABULARY.purposes, purposes);
}
