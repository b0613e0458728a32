import { DIRECTORY_TYPES } from '#fhir';
import { type Asked, matches } from './matches.js';
import type { Basis } from './permit.js';
import type { OwnAccess, Predicate, ScopeTerm } from './request.js';
import type { Facts, Rule, RuleGroup, RuleSet } from './rule.js';
import { fitsTargets } from './targets.js';

/** One resource version to be judged. */
export interface Judged {
  readonly facts: Facts;
  readonly patients: readonly { readonly patient: string; readonly person: string | undefined }[];
  /** Whether the content fits a term's granular criteria. Without it such a term does not fit. */
  readonly fits?: (term: ScopeTerm) => boolean;
}

/** Which rule counted. */
export interface RuleRef {
  readonly consent: string;
  readonly ordinal: number;
}

/** What became of a resource, and why. The why is for records only. */
export interface Verdict {
  readonly visible: boolean;
  readonly basis: readonly Basis[];
  readonly rules: readonly RuleRef[];
}

type Outcome = { readonly effect: 'permit' | 'deny'; readonly rule: RuleRef };

const HIDDEN: Verdict = { visible: false, basis: [], rules: [] };

/**
 * Judges a resource version from held rule sets, Consent by Consent: each Consent has outcomes from its matching
 * exceptions, else from its base; then across Consents deny beats permit; then across patients all must permit.
 * It shares nothing with the SQL but the shape of the rules.
 *
 * @param ruleSets By person; a person without a set has no rules.
 */
export function judge(judged: Judged, ruleSets: ReadonlyMap<string, RuleSet>, predicate: Predicate): Verdict {
  if (!predicate.scopes.some((term) => fitsTerm(term, judged))) return HIDDEN;
  if (!fitsTargets(judged.facts, predicate.scopes)) return HIDDEN;
  if (judged.patients.length === 0) {
    const open = predicate.directory && DIRECTORY_TYPES.includes(judged.facts.type);
    return open ? { ...HIDDEN, visible: true } : HIDDEN;
  }
  const { own } = predicate;
  if (own !== undefined && judged.patients.some(({ person }) => person !== own.rules.person)) return HIDDEN;
  const asked = { facts: judged.facts, predicate };
  const verdicts = judged.patients.map(({ person }) =>
    judgePerson(person === undefined ? undefined : ruleSets.get(person), asked),
  );
  const rules = verdicts.flatMap((verdict) => verdict.rules);
  if (!verdicts.every((verdict) => verdict.visible)) return { ...HIDDEN, rules };
  return { visible: true, basis: basesOf(rules, own), rules };
}

function fitsTerm(term: ScopeTerm, { facts, fits }: Judged): boolean {
  if (term.type !== '*' && term.type !== facts.type) return false;
  return term.criteria.length === 0 || (fits?.(term) ?? false);
}

/** What one person's Consents say together; or of her own access the policy, and what she denies this caller. */
function judgePerson(ruleSet: RuleSet | undefined, asked: Asked): Verdict {
  if (ruleSet === undefined) return HIDDEN;
  const { own } = asked.predicate;
  const consented = ruleSet.consents.flatMap((consent) => outcomesOf(consent, asked));
  const outcomes =
    own === undefined
      ? consented
      : [...consented.filter(({ effect }) => effect === 'deny'), ...outcomesOf(own.rules, asked)];
  const denies = outcomes.filter((outcome) => outcome.effect === 'deny');
  if (denies.length > 0) return { ...HIDDEN, rules: denies.map((outcome) => outcome.rule) };
  return { visible: outcomes.length > 0, basis: [], rules: outcomes.map((outcome) => outcome.rule) };
}

/** The outcomes of one Consent. Exceptions of both kinds may match at once; then both count and the deny wins. */
function outcomesOf(consent: RuleGroup, asked: Asked): readonly Outcome[] {
  if (consent.untilPosition !== null) return [];
  const matching = consent.rules.filter((rule) => counts(consent, rule, asked) && matches(rule, asked));
  const exceptions = matching.filter((rule) => rule.ordinal > 0);
  const bases = matching.filter((rule) => rule.ordinal === 0 && baseSpeaks(consent, rule, exceptions));
  return [...bases, ...exceptions].map((rule) => ({
    effect: rule.effect,
    rule: { consent: consent.consent, ordinal: rule.ordinal },
  }));
}

/** A permit counts once the projection of the request had it; a deny as soon as it is anywhere, a deny grant even before. */
export function counts(consent: RuleGroup, rule: Rule, { predicate }: Asked): boolean {
  if (rule.effect === 'permit') {
    return consent.fromPosition !== null && consent.fromPosition <= predicate.asOf.position;
  }
  return consent.fromPosition !== null || consent.kind === 'deny';
}

/** A permitting base speaks beside its exceptions, a denying one only for a deny grant from which nothing is excepted. */
function baseSpeaks(consent: RuleGroup, base: Rule, exceptions: readonly Rule[]): boolean {
  if (base.effect === 'permit') return true;
  return consent.kind === 'deny' && !exceptions.some((rule) => rule.effect === 'permit');
}

/** What a permit by these rules rests on. */
export function basesOf(
  rules: readonly Pick<RuleRef, 'consent'>[],
  own: OwnAccess | undefined,
): readonly Basis[] {
  return [...new Set(rules.map((rule) => rule.consent))].map((consent) =>
    own !== undefined && consent === own.rules.consent ? own.basis : { kind: 'consent', consent },
  );
}
