import type { Hex, Terms } from './chain-terms.js';
import { CONFIDENTIALITY, SYSTEMS } from './code-systems.js';
import { commitmentOf, EVERYBODY, granteeOf } from './commitment.js';
import { intersect } from './fhir-time.js';
import { kindOf, parseConsent, type ParsedConsent } from './parse-consent.js';
import type { Provision } from './parse-provision.js';
import { ALWAYS, ANYTHING, type Interval, type Rule } from './rule.js';
import { soleActor, termsOf } from './terms-of.js';
import { namesOf, VOCABULARY } from './vocabulary.js';

/** What `rulesOf` needs of a filing. */
export interface RuleSource {
  readonly bytes: Uint8Array;
  readonly kind: 'permit' | 'deny';
  readonly terms: Terms;
  readonly commitment: Hex;
}

/** A deny of everything to everybody. Its ordinal makes it override whatever the kind of its grant. */
const DENY_EVERYTHING: Rule = { ...ANYTHING, ordinal: 1, effect: 'deny', valid: ALWAYS };

/** What a Consent becomes that cannot be read or does not match its commitment: a deny, and an incident for the caller. */
export const UNREADABLE: readonly Rule[] = [DENY_EVERYTHING];

/**
 * The rules of a filed Consent: ordinal 0 is the base, 1… its exceptions; `valid` is the provision's period within the
 * window. A permit is Terms ∩ Consent, a deny Terms ∪ Consent. An unreadable or mismatching filing gives `UNREADABLE`.
 *
 * @param window The grant word's window, `windowOf(word)`.
 */
export function rulesOf(filing: RuleSource, window: Interval): readonly Rule[] {
  const consent = readable(filing);
  if (consent === undefined) return UNREADABLE;
  return [consent.base, ...consent.exceptions].flatMap((provision, ordinal) => {
    const bounded =
      provision.effect === 'permit' ? narrowed(provision, filing.terms) : widened(provision, filing, consent);
    return bounded === undefined ? [] : [ruleOf(bounded, ordinal, window)];
  });
}

function readable(filing: RuleSource): ParsedConsent | undefined {
  try {
    const consent = parseConsent(filing.bytes);
    const matches =
      consent.hash === filing.terms.consentHash &&
      commitmentOf(filing.terms) === filing.commitment &&
      kindOf(consent) === filing.kind;
    return matches ? consent : undefined;
  } catch {
    // Not swallowed: the caller sees UNREADABLE, which denies everything.
    return undefined;
  }
}

function ruleOf(provision: Provision, ordinal: number, window: Interval): Rule {
  const { period, ...rule } = provision;
  return { ...rule, ordinal, valid: intersect(period, window) };
}

/** A permit within its terms; nothing where they share nothing. Terms of another list permit nothing. */
function narrowed(provision: Provision, terms: Terms): Provision | undefined {
  if (terms.vocabulary !== VOCABULARY.hash) return undefined;
  const actors = provision.actors?.filter((actor) => granteeOf(actor) === terms.grantee) ?? [];
  const classes = within(provision.classes, namesOf(VOCABULARY.classes, terms.classes));
  const purposes = within(provision.purposes, namesOf(VOCABULARY.purposes, terms.purposes));
  if (actors.length === 0 || classes.length === 0 || purposes.length === 0) return undefined;
  return { ...provision, actors, classes, purposes };
}

function within(names: readonly string[] | null, allowed: readonly string[]): readonly string[] {
  return names === null ? allowed : names.filter((name) => allowed.includes(name));
}

/** A deny is never less than its terms: where they say more than the Consent, it denies all. Confidentiality reaches upwards. */
function widened(provision: Provision, filing: RuleSource, consent: ParsedConsent): Provision {
  const labelled = { ...provision, labels: upwards(provision.labels) };
  if (filing.kind === 'permit' || covers(consent, filing.terms)) return labelled;
  return { ...labelled, actors: null, classes: null, purposes: null };
}

function covers(consent: ParsedConsent, terms: Terms): boolean {
  const own = termsOf(consent, soleActor(consent), terms.salt);
  return (
    own.vocabulary === terms.vocabulary &&
    (own.grantee === terms.grantee || own.grantee === EVERYBODY) &&
    (terms.classes & ~own.classes) === 0n &&
    (terms.purposes & ~own.purposes) === 0n
  );
}

/** Who wants normal data kept back wants restricted data kept back as well. */
function upwards(labels: readonly string[] | null): readonly string[] | null {
  if (labels === null) return null;
  const levels = CONFIDENTIALITY.filter((level) => labels.includes(`${SYSTEMS.confidentiality}|${level}`));
  const [lowest] = levels;
  if (lowest === undefined) return labels;
  const above = CONFIDENTIALITY.slice(CONFIDENTIALITY.indexOf(lowest));
  return [...new Set([...labels, ...above.map((level) => `${SYSTEMS.confidentiality}|${level}`)])];
}
