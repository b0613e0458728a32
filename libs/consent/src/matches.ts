import { isImplied, type Predicate } from './request.js';
import { type Criteria, type Facts, type Rule, UNKNOWN } from './rule.js';
import { classesOf, instancesToDeny, instancesToPermit } from './targets.js';

/** A resource as the rules see it, and who asks for it why. */
export interface Asked {
  readonly facts: Facts;
  readonly predicate: Predicate;
}

type ListMember = Exclude<keyof Criteria, 'data'>;

/** Where each list criterion finds its facts. */
const FACTS_OF: Readonly<Record<ListMember, (asked: Asked, effect: Rule['effect']) => readonly string[]>> = {
  actors: ({ predicate }) => predicate.actors,
  purposes: ({ predicate }) => [predicate.purpose],
  actions: ({ predicate }) => [predicate.action],
  classes: ({ facts }) => classesOf(facts),
  codes: ({ facts }) => facts.codes,
  labels: ({ facts }) => facts.labels,
  instances: ({ facts }, effect) => (effect === 'permit' ? instancesToPermit(facts) : instancesToDeny(facts)),
  related: ({ facts }) => facts.related,
  authors: ({ facts }) => facts.authors,
};
const MEMBERS = [
  'actors',
  'purposes',
  'actions',
  'classes',
  'codes',
  'labels',
  'instances',
  'related',
  'authors',
] as const satisfies readonly ListMember[];

/** Members that concern who asks and for what type, not one resource's own facts. */
export const REQUEST_MEMBERS = [
  'actors',
  'purposes',
  'actions',
  'classes',
] as const satisfies readonly ListMember[];

/** Whether a rule's criteria match under its own effect: what is unknown is in every deny and in no permit. */
export function matches(rule: Rule, asked: Asked): boolean {
  return (
    inTime(rule, asked.predicate) &&
    MEMBERS.every((member) => listMatches(rule, member, asked)) &&
    dataMatches(rule, asked.facts)
  );
}

/** A permit from ≤ lo and hi < to; a deny from ≤ hi and lo < to. */
export function inTime({ effect, valid }: Rule, { now }: Predicate): boolean {
  return effect === 'permit'
    ? valid.from <= now.lo && now.hi < valid.to
    : valid.from <= now.hi && now.lo < valid.to;
}

/** Of these a permit must cover all that a resource has; of the others any one. */
const WHOLE: readonly ListMember[] = ['classes', 'instances'];

/** Whether one list criterion of a rule matches. */
export function listMatches(rule: Rule, member: ListMember, asked: Asked): boolean {
  const wanted = rule[member];
  if (wanted === null) return openMatches(rule, member, asked.predicate);
  const facts = FACTS_OF[member](asked, rule.effect);
  if (facts.includes(UNKNOWN) && rule.effect === 'deny') return true;
  const names = (fact: string): boolean => fact !== UNKNOWN && wanted.includes(fact);
  return rule.effect === 'permit' && WHOLE.includes(member) ? facts.every(names) : facts.some(names);
}

/** What a criterion without values covers: all, but for actions not named, and for a deny of others asked about oneself. */
function openMatches({ effect }: Rule, member: ListMember, { action, own }: Predicate): boolean {
  if (member === 'actors') return effect === 'permit' || own === undefined;
  return member !== 'actions' || effect === 'deny' || isImplied(action);
}

function dataMatches({ effect, data }: Rule, { time }: Facts): boolean {
  if (data === null) return true;
  if (time === null) return effect === 'deny';
  return effect === 'permit'
    ? data.from <= time.from && time.to <= data.to
    : time.from < data.to && data.from < time.to;
}
