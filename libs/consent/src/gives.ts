import { counts } from './judge.js';
import { inTime, listMatches, REQUEST_MEMBERS } from './matches.js';
import type { Predicate } from './request.js';
import { type ConsentRules, type Facts, type Rule, type RuleSet, UNKNOWN } from './rule.js';

/**
 * Which Consents of a person give this caller anything of these types for this purpose now, before any resource is
 * looked at. Empty where none does, or where a deny covers all that they give.
 */
export function gives(
  ruleSet: RuleSet | undefined,
  types: readonly string[],
  predicate: Predicate,
): readonly string[] {
  const consents = (ruleSet?.consents ?? []).filter((consent) => consent.untilPosition === null);
  const found = types.flatMap((type) => givesType(consents, type, predicate));
  return [...new Set(found)];
}

function givesType(consents: readonly ConsentRules[], type: string, predicate: Predicate): readonly string[] {
  const asked = { facts: anyOf(type), predicate };
  const applies = (consent: ConsentRules, rule: Rule): boolean =>
    counts(consent, rule, asked) &&
    inTime(rule, predicate) &&
    REQUEST_MEMBERS.every((member) => listMatches(rule, member, asked));
  const permitting = consents.filter((consent) =>
    consent.rules.some((rule) => rule.effect === 'permit' && applies(consent, rule)),
  );
  const closed = consents.some((consent) =>
    consent.rules.some((rule) => deniesAll(consent, rule) && applies(consent, rule)),
  );
  return closed ? [] : permitting.map((consent) => consent.consent);
}

/** A deny that looks at nothing in the resource but its type, and from which nothing is excepted. */
function deniesAll(consent: ConsentRules, rule: Rule): boolean {
  if (rule.effect !== 'deny') return false;
  const { codes, labels, data, instances, related, authors } = rule;
  if ([codes, labels, data, instances, related, authors].some((member) => member !== null)) return false;
  if (rule.ordinal > 0) return true;
  return (
    consent.kind === 'deny' && !consent.rules.some((other) => other.ordinal > 0 && other.effect === 'permit')
  );
}

function anyOf(type: string): Facts {
  const none = [UNKNOWN];
  return {
    type,
    id: '',
    versionId: '',
    codes: none,
    labels: none,
    labelRules: '',
    authors: none,
    related: none,
    targets: [],
    source: '',
    time: null,
  };
}
