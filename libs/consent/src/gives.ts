import { basesOf, counts } from './judge.js';
import { inTime, listMatches, REQUEST_MEMBERS } from './matches.js';
import type { Basis } from './permit.js';
import type { Predicate } from './request.js';
import { type Facts, type Rule, type RuleGroup, type RuleSet, UNKNOWN } from './rule.js';

/**
 * What of a person's Consents, or of the policy of her own access, gives this caller anything of these types for this
 * purpose now, before any resource is looked at. Empty where nothing does, or where a deny covers all that it gives.
 */
export function gives(
  ruleSet: RuleSet | undefined,
  types: readonly string[],
  predicate: Predicate,
): readonly Basis[] {
  if (ruleSet === undefined) return [];
  const { own } = predicate;
  const consents = ruleSet.consents.filter((consent) => consent.untilPosition === null);
  const mine = own !== undefined && own.rules.person === ruleSet.person ? [own.rules] : [];
  const said = { permitting: own === undefined ? consents : mine, denying: [...consents, ...mine] };
  const found = types.flatMap((type) => givesType(said, type, predicate));
  return basesOf(found, own);
}

/** Groups whose permits count, and groups whose denies do. */
interface Said {
  readonly permitting: readonly RuleGroup[];
  readonly denying: readonly RuleGroup[];
}

function givesType(said: Said, type: string, predicate: Predicate): readonly RuleGroup[] {
  const asked = { facts: anyOf(type), predicate };
  const applies = (consent: RuleGroup, rule: Rule): boolean =>
    counts(consent, rule, asked) &&
    inTime(rule, predicate) &&
    REQUEST_MEMBERS.every((member) => listMatches(rule, member, asked));
  const permitting = said.permitting.filter((consent) =>
    consent.rules.some((rule) => rule.effect === 'permit' && applies(consent, rule)),
  );
  const closed = said.denying.some((consent) =>
    consent.rules.some((rule) => deniesAll(consent, rule) && applies(consent, rule)),
  );
  return closed ? [] : permitting;
}

/** A deny that looks at nothing in the resource but its type, and from which nothing is excepted. */
function deniesAll(consent: RuleGroup, rule: Rule): boolean {
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
