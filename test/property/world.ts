import fc from 'fast-check';
import {
  ANYTHING,
  type ConsentRules,
  type Facts,
  type Interval,
  type OwnAccess,
  type Predicate,
  type Rule,
  type RuleSet,
} from '#consent';

/** A version in a small world. */
export interface WorldVersion {
  readonly facts: Facts;
  readonly patients: readonly string[];
}

/** A store in small: who is linked to whom, what is filed, what is stored. */
export interface World {
  /** Person by patient; a patient that is absent is linked to nobody. */
  readonly links: Readonly<Record<string, string>>;
  readonly consents: readonly ConsentRules[];
  readonly versions: readonly WorldVersion[];
}

const PERSONS = [1, 2].map((n) => `00000000-0000-7000-8000-00000000000${n}`);
const PATIENTS = ['pa', 'pb', 'pc', '?'];
/** A moment and its second; windows end and begin at and around them. */
const NOW = Date.UTC(2026, 0, 1);
const EDGES = [-Infinity, NOW - 2000, NOW - 1000, NOW, NOW + 1000, NOW + 2000, Infinity];

const some = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
/** Mostly no constraint, so that rules match often enough to be interesting. */
const constraint = (values: readonly string[]): fc.Arbitrary<readonly string[] | null> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: some(values) });
const fact = (values: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc.oneof(
    { weight: 4, arbitrary: some(values) },
    { weight: 1, arbitrary: fc.constant(['?']) },
    { weight: 1, arbitrary: some([...values, '?']) },
    { weight: 1, arbitrary: fc.constant([]) },
  );
const edges = (values: readonly number[]): fc.Arbitrary<Interval> =>
  fc
    .tuple(fc.integer({ min: 0, max: values.length - 2 }), fc.integer({ min: 1, max: values.length - 1 }))
    .map(([low, step]) => ({
      from: values[low] ?? 0,
      to: values[Math.min(low + step, values.length - 1)] ?? 0,
    }));
const always: Interval = { from: -Infinity, to: Infinity };
const DAYS = [-Infinity, 0, 1, 2, 3, Infinity].map((day) => day * 86_400_000);
const FINITE = [0, 1, 2, 3].map((day) => day * 86_400_000);

const CODES = ['s|a', 's|b', 's|c'];
const LABELS = ['l|N', 'l|R', 'l|HIV'];
const AUTHORS = ['Practitioner/1', 'Practitioner/2'];
const RELATED = ['Encounter/1', 'Encounter/2'];
const TYPES = ['Observation', 'Condition', 'Patient', 'Organization'];
export const ACTORS = ['client:a', 'client:b', 'user:u', 'role:r'];

const rule = fc.record({
  effect: fc.constantFrom('permit', 'deny'),
  valid: fc.oneof({ weight: 3, arbitrary: fc.constant(always) }, { weight: 1, arbitrary: edges(EDGES) }),
  actors: constraint(ACTORS),
  purposes: constraint(['TREAT', 'HRESCH']),
  actions: constraint(['access', 'use', 'collect', 'correct']),
  classes: constraint(TYPES),
  codes: constraint(CODES),
  labels: constraint(LABELS),
  data: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: edges(DAYS) }),
  instances: constraint(['Observation/r0', 'Condition/r1', 'Observation/r2']),
  related: constraint(RELATED),
  authors: constraint(AUTHORS),
}) satisfies fc.Arbitrary<Omit<Rule, 'ordinal'>>;

const consent = fc
  .record({
    person: fc.constantFrom(...PERSONS),
    kind: fc.oneof(
      { weight: 2, arbitrary: fc.constant('permit' as const) },
      { weight: 1, arbitrary: fc.constant('deny' as const) },
    ),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    fromPosition: fc.oneof(
      { weight: 5, arbitrary: fc.constant(3n) },
      { weight: 3, arbitrary: fc.constantFrom(null, null, 5n, 6n) },
    ),
    untilPosition: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom(4n, 9n) },
    ),
  })
  .map((parts) => ({
    ...parts,
    consent: '',
    window: always,
    rules: parts.rules.map((one, ordinal) => ({ ...one, ordinal })),
    citation: { chainId: '1', contract: '0x', subject: '0x', grantId: '0x', version: 1, binding: '' },
  })) satisfies fc.Arbitrary<ConsentRules>;

const version = fc
  .record({
    type: fc.constantFrom(...TYPES),
    codes: fact(CODES),
    labels: fact(LABELS),
    authors: fact(AUTHORS),
    related: fact(RELATED),
    time: fc.oneof(fc.constant(null), edges(FINITE)),
    patients: fc.oneof(
      { weight: 6, arbitrary: fc.uniqueArray(fc.constantFrom('pa', 'pb'), { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom(...PATIENTS), { maxLength: 3 }) },
    ),
  })
  .map(({ patients, ...facts }) => ({
    patients,
    facts: { ...facts, id: '', versionId: 'v', labelRules: '1', targets: [], source: 's' },
  })) satisfies fc.Arbitrary<WorldVersion>;

/** Worlds with a handful of Consents and versions, whose ids are their places. */
export const world: fc.Arbitrary<World> = fc
  .record({
    links: fc.dictionary(fc.constantFrom('pa', 'pb', 'pc'), fc.constantFrom(...PERSONS), {
      noNullPrototype: true,
    }),
    consents: fc.array(consent, { minLength: 2, maxLength: 6 }),
    versions: fc.array(version, { minLength: 8, maxLength: 12 }),
  })
  .map(({ links, consents, versions }) => ({
    links: { pa: PERSONS[0] ?? '', pb: PERSONS[1] ?? '', ...links },
    consents: consents.map((one, place) => ({ ...one, consent: `c${place}` })),
    versions: versions.map((one, place) => ({ ...one, facts: { ...one.facts, id: `r${place}` } })),
  }));

const OPEN: Rule = {
  ordinal: 0,
  effect: 'permit',
  valid: always,
  ...ANYTHING,
};

/** A person's own access, by rules of any form: those of a policy are no other than a Consent's. */
const own: fc.Arbitrary<OwnAccess> = fc
  .record({
    person: fc.constantFrom(...PERSONS),
    patient: fc.constantFrom('pa', 'pb'),
    group: consent,
    isOpen: fc.boolean(),
  })
  .map(({ person, patient, isOpen, group: { rules, kind, fromPosition, untilPosition } }) => ({
    patient,
    rules: {
      consent: 'policy',
      person,
      kind,
      rules: isOpen ? [OPEN, ...rules.slice(1)] : rules,
      fromPosition,
      untilPosition,
    },
    basis: { kind: 'policy', policy: 'P', digest: '00' },
  }));

/** Whoever may ask such a world by Consents. */
const consented: fc.Arbitrary<Predicate> = fc.record({
  tenant: fc.constant('default'),
  actors: some(ACTORS),
  purpose: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('TREAT', 'HRESCH') },
    { weight: 1, arbitrary: fc.constant('?') },
  ),
  action: fc.constantFrom('access', 'access', 'collect', 'correct'),
  scopes: fc
    .oneof({ weight: 3, arbitrary: fc.constant(['*']) }, { weight: 1, arbitrary: some(TYPES) })
    .map((types) => types.map((type) => ({ type, criteria: [] }))),
  asOf: fc.constant({ number: 1n, hash: '0x', position: 5n }),
  now: fc.constantFrom({ lo: NOW, hi: NOW }, { lo: NOW - 1000, hi: NOW + 1000 }, { lo: NOW, hi: NOW + 999 }),
  directory: fc.boolean(),
});

/** Whoever may ask such a world. */
export const predicate: fc.Arbitrary<Predicate> = fc.oneof(
  { weight: 3, arbitrary: consented },
  { weight: 1, arbitrary: fc.tuple(consented, own).map(([asked, hers]) => ({ ...asked, own: hers })) },
);

/** The persons of a version's patients. */
export function personsOf({ links }: World, { patients }: WorldVersion): readonly (string | undefined)[] {
  return patients.map((patient) => links[patient]);
}

/** The world's Consents as a process holds them. */
export function ruleSetsOf(consents: readonly ConsentRules[]): ReadonlyMap<string, RuleSet> {
  return new Map(
    PERSONS.map((person) => [
      person,
      { person, version: 1n, consents: consents.filter((one) => one.person === person) },
    ]),
  );
}
