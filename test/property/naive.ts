import type { ConsentRules, Facts, Predicate, Rule, RuleGroup } from '#consent';

/** A version, whose data it is, and to whom those patients are linked: all that visibility depends on. */
export interface NaiveVersion {
  readonly facts: Facts;
  /** Persons of its patients; `undefined` where a patient is linked to nobody. */
  readonly persons: readonly (string | undefined)[];
}

const DIRECTORY = [
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Endpoint',
];

/** Visibility, word for word as the design has it, one sentence a function. It shares no code with the product. */
export function naiveVisible(
  version: NaiveVersion,
  consents: readonly ConsentRules[],
  predicate: Predicate,
): boolean {
  if (!inScope(version.facts, predicate)) return false;
  if (version.facts.type === 'Provenance' && !targetsInScope(version.facts, predicate)) return false;
  if (version.persons.length === 0) return predicate.directory && DIRECTORY.includes(version.facts.type);
  return version.persons.every((person) => personShows(person, version.facts, consents, predicate));
}

function personShows(
  person: string | undefined,
  facts: Facts,
  consents: readonly ConsentRules[],
  predicate: Predicate,
): boolean {
  if (person === undefined) return false;
  const theirs = consents.filter((consent) => consent.person === person);
  const { own } = predicate;
  if (own === undefined)
    return permitExists(theirs, facts, predicate) && !denyExists(theirs, facts, predicate);
  if (own.rules.person !== person || !permitExists([own.rules], facts, predicate)) return false;
  return !denyExists([...theirs, own.rules], facts, predicate);
}

function inScope({ type }: Facts, predicate: Predicate): boolean {
  for (const scope of predicate.scopes) {
    if (scope.type === '*' || scope.type === type) return true;
  }
  return false;
}

/** A Provenance tells of its targets: there are some, they are known, and scopes without parameters cover their types. */
function targetsInScope({ targets }: Facts, predicate: Predicate): boolean {
  if (targets.length === 0) return false;
  for (const target of targets) {
    const type = target.split('/')[0];
    if (target === '?' || type === 'Provenance') return false;
    if (
      !predicate.scopes.some((one) => one.criteria.length === 0 && (one.type === '*' || one.type === type))
    ) {
      return false;
    }
  }
  return true;
}

function permitExists(consents: readonly RuleGroup[], facts: Facts, predicate: Predicate): boolean {
  for (const consent of consents) {
    for (const rule of consent.rules) {
      if (permitMatches(consent, rule, facts, predicate)) return true;
    }
  }
  return false;
}

function denyExists(consents: readonly RuleGroup[], facts: Facts, predicate: Predicate): boolean {
  for (const consent of consents) {
    for (const rule of consent.rules) {
      if (isAgainstOthers(rule, predicate) || !denyMatches(consent, rule, facts, predicate)) continue;
      if (rule.ordinal > 0) return true;
      if (consent.kind === 'deny' && !permitExceptionMatches(consent, facts, predicate)) return true;
    }
  }
  return false;
}

function permitExceptionMatches(consent: RuleGroup, facts: Facts, predicate: Predicate): boolean {
  for (const rule of consent.rules) {
    if (rule.ordinal > 0 && permitMatches(consent, rule, facts, predicate)) return true;
  }
  return false;
}

function permitMatches(consent: RuleGroup, rule: Rule, facts: Facts, predicate: Predicate): boolean {
  if (rule.effect !== 'permit') return false;
  if (consent.fromPosition === null || consent.fromPosition > predicate.asOf.position) return false;
  if (consent.untilPosition !== null) return false;
  if (!(rule.valid.from <= predicate.now.lo && predicate.now.hi < rule.valid.to)) return false;
  if (!namesWrite(rule, predicate)) return false;
  return (
    wholeCovered(rule, facts) && dataContained(rule, facts) && pairs(rule, facts, predicate).every(permitPair)
  );
}

/** A permit that does not say what may be done lets read and nothing else. */
function namesWrite({ actions }: Rule, { action }: Predicate): boolean {
  return action === 'access' || actions !== null;
}

function ownName({ type, id }: Facts): string {
  return `${type}/${id}`;
}

function typesOf({ type, targets }: Facts): readonly string[] {
  return [type, ...targets.map((target) => target.split('/')[0] ?? '')];
}

function wholeCovered({ classes, instances }: Rule, facts: Facts): boolean {
  const names = facts.targets.length > 0 ? facts.targets : [ownName(facts)];
  return wholeNamed(classes, typesOf(facts)) && wholeNamed(instances, names);
}

/** A permit must name the type of a Provenance and the types of all its targets, and where it names single resources all of them. */
function wholeNamed(wanted: readonly string[] | null, found: readonly string[]): boolean {
  return wanted === null || found.every((one) => one !== '?' && wanted.includes(one));
}

function dataContained({ data }: Rule, { time }: Facts): boolean {
  if (data === null) return true;
  if (time === null) return false;
  return data.from <= time.from && time.to <= data.to;
}

function permitPair([wanted, found]: Pair): boolean {
  if (wanted === null) return true;
  for (const value of found) {
    if (value !== '?' && wanted.includes(value)) return true;
  }
  return false;
}

function denyMatches(consent: RuleGroup, rule: Rule, facts: Facts, predicate: Predicate): boolean {
  if (rule.effect !== 'deny') return false;
  if (consent.untilPosition !== null) return false;
  if (consent.fromPosition === null && consent.kind !== 'deny') return false;
  if (!(rule.valid.from <= predicate.now.hi && predicate.now.lo < rule.valid.to)) return false;
  if (!denyPair([rule.classes, typesOf(facts)])) return false;
  if (!denyPair([rule.instances, [ownName(facts), ...facts.targets]])) return false;
  return dataTouched(rule, facts) && pairs(rule, facts, predicate).every(denyPair);
}

/** Of herself a person keeps only what she keeps from her own app by its name. */
function isAgainstOthers({ actors }: Rule, { own }: Predicate): boolean {
  return own !== undefined && actors === null;
}

function dataTouched({ data }: Rule, { time }: Facts): boolean {
  if (data === null || time === null) return true;
  return data.from < time.to && time.from < data.to;
}

function denyPair([wanted, found]: Pair): boolean {
  if (wanted === null) return true;
  for (const value of found) {
    if (value === '?' || wanted.includes(value)) return true;
  }
  return false;
}

type Pair = readonly [wanted: readonly string[] | null, found: readonly string[]];

function pairs(rule: Rule, facts: Facts, predicate: Predicate): readonly Pair[] {
  return [
    [rule.actors, predicate.actors],
    [rule.purposes, [predicate.purpose]],
    [rule.actions, [predicate.action]],
    [rule.codes, facts.codes],
    [rule.labels, facts.labels],
    [rule.related, facts.related],
    [rule.authors, facts.authors],
  ];
}
