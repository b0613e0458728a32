import { decide, type DecideInput } from './decide.js';
import { judge } from './judge.js';
import { SELF } from './policies.js';
import type { Predicate } from './request.js';
import type { ConsentRules, Facts, Rule, RuleSet } from './rule.js';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const rule: Rule = {
  ordinal: 0,
  effect: 'permit',
  valid: { from: -Infinity, to: Infinity },
  actors: ['client:app'],
  purposes: null,
  actions: null,
  classes: null,
  codes: null,
  labels: null,
  data: null,
  instances: null,
  related: null,
  authors: null,
};
const consentOf = (person: string, change: Partial<Rule> = {}): ConsentRules => ({
  consent: `of ${person}`,
  person,
  kind: change.effect ?? 'permit',
  rules: [{ ...rule, ...change }],
  window: rule.valid,
  fromPosition: 1n,
  untilPosition: null,
  citation: { chainId: '1', contract: '0x', subject: '0x', grantId: '0x', version: 1, binding: '' },
});
const setOf = (person: string, ...consents: readonly ConsentRules[]): RuleSet => ({
  person,
  version: 1n,
  consents,
});
const input: DecideInput = {
  asker: {
    tenant: 't',
    client: 'app',
    user: undefined,
    organization: undefined,
    roles: [],
    purpose: 'PATRQT',
    expiresMs: NOW + 5000,
  },
  interaction: { kind: 'search-type', types: ['Observation'], patients: ['ann'] },
  scopes: [{ type: 'Observation', criteria: [] }],
  ruleSets: new Map([
    ['ann', setOf('p')],
    ['bea', setOf('q', consentOf('q'))],
  ]),
  own: { patient: 'ann', person: 'p' },
  chain: {
    state: {
      at: { number: 7n, hash: '0xab', position: 5n },
      blockTime: NOW / 1000,
      contactMs: NOW,
    },
    ageBy: 'contact',
    staleMs: 30_000,
  },
  times: { clockMs: NOW, blockTimeS: NOW / 1000, lastSealedMs: NOW, blockLagMs: undefined },
};
const asking = (patients: readonly string[]): DecideInput['interaction'] => ({
  ...input.interaction,
  patients,
});
const basis = { kind: 'policy', policy: 'P-SELF', digest: SELF.digest };
const denied = { kind: 'refusal', code: 'consent-denied', basis: [] };

function predicateOf(given: DecideInput): Predicate {
  const decision = decide(given);
  if (decision.kind !== 'permit') throw new Error(decision.code);
  return decision.permit.predicate;
}

const facts: Facts = {
  type: 'Observation',
  id: 'o',
  versionId: 'v',
  codes: ['s|a'],
  labels: ['l|N'],
  labelRules: '1',
  targets: [],
  authors: ['?'],
  related: ['?'],
  source: 's',
  time: null,
};

interface Looked {
  readonly facts?: Partial<Facts>;
  readonly persons?: readonly (string | undefined)[];
  readonly consents?: readonly ConsentRules[];
  readonly given?: DecideInput;
}

/** What her app sees of a version. */
function seen({ facts: change = {}, persons = ['p'], consents = [], given = input }: Looked) {
  const patients = persons.map((person, place) => ({ patient: `x${place}`, person }));
  const held = new Map(
    ['p', 'q'].map((person) => [
      person,
      setOf(person, ...consents.filter((consent) => consent.person === person)),
    ]),
  );
  return judge({ facts: { ...facts, ...change }, patients }, held, predicateOf(given));
}

const asked = (consent: ConsentRules) =>
  decide({ ...input, ruleSets: new Map([['ann', setOf('p', consent)]]) });

describe('a person’s own access', () => {
  it('rests on the policy, and needs no Consent', () => {
    expect(decide(input)).toMatchObject({ kind: 'permit', permit: { basis: [basis] } });
    expect(seen({})).toMatchObject({ visible: true, basis: [basis] });
    expect(seen({ consents: [consentOf('p')] }).basis).toEqual([basis]);
  });

  it('is of nobody else, whatever that person permits the app', () => {
    expect(decide({ ...input, interaction: asking(['bea']) })).toEqual(denied);
    expect(decide({ ...input, interaction: asking(['nobody']) })).toEqual(denied);
    expect(decide({ ...input, interaction: asking(['ann', 'bea']) })).toEqual(denied);
    for (const persons of [['q'], ['p', 'q'], [undefined], ['p', undefined]]) {
      expect(seen({ persons, consents: [consentOf('q')] }).visible).toBe(false);
    }
  });

  it('is nobody’s where her patient is linked to nobody', () => {
    const given: DecideInput = { ...input, own: { patient: 'ann', person: undefined } };
    expect(decide(given)).toEqual(denied);
    expect(seen({ given: { ...given, interaction: asking([]) } }).visible).toBe(false);
  });

  it('is for her own purpose, for reading, and not of the directory', () => {
    const other = { ...input, asker: { ...input.asker, purpose: 'TREAT' } };
    expect(decide(other)).toEqual(denied);
    expect(seen({ given: { ...other, interaction: asking([]) } }).visible).toBe(false);
    const writing = { ...input, interaction: { ...asking([]), kind: 'create' as const } };
    expect(seen({ given: writing, consents: [consentOf('p', { actions: ['collect'] })] }).visible).toBe(
      false,
    );
    const scopes = [{ type: 'Organization', criteria: [] }];
    const given = { ...input, scopes, interaction: asking([]) };
    expect(seen({ given, facts: { type: 'Organization' }, persons: [] }).visible).toBe(false);
  });

  it('is not touched by what she keeps from others, but by what she keeps from this app', () => {
    const toAll = consentOf('p', { effect: 'deny', actors: null });
    const toOther = consentOf('p', { effect: 'deny', actors: ['client:other'] });
    const toApp = consentOf('p', { effect: 'deny', codes: ['s|a'] });
    expect(seen({ consents: [toAll, toOther] }).visible).toBe(true);
    expect(seen({ consents: [toApp] }).visible).toBe(false);
    expect(seen({ consents: [toApp], facts: { codes: ['s|b'] } }).visible).toBe(true);
    expect(asked(toAll).kind).toBe('permit');
    expect(asked(consentOf('p', { effect: 'deny' }))).toEqual(denied);
  });

  it.each(['PSYTHPN', 'TBOO'])('leaves out what is labelled %s, and what nobody has labelled', (code) => {
    const label = `http://terminology.hl7.org/CodeSystem/v3-ActCode|${code}`;
    expect(SELF.withheld).toContain(label);
    expect(seen({ facts: { labels: ['l|R', label] } }).visible).toBe(false);
    expect(seen({ facts: { labels: ['?'] } }).visible).toBe(false);
    expect(
      seen({ facts: { labels: ['http://terminology.hl7.org/CodeSystem/v3-ActCode|PSY'] } }).visible,
    ).toBe(true);
  });

  it('goes on for a day where the chain is away, and not without any projection', () => {
    const later = (ms: number): DecideInput => ({
      ...input,
      times: { ...input.times, clockMs: NOW + ms },
    });
    expect(decide(later(23 * HOUR)).kind).toBe('permit');
    expect(decide(later(25 * HOUR))).toMatchObject({ code: 'consent-stale' });
    expect(decide({ ...input, chain: { ...input.chain, state: undefined } })).toMatchObject({
      code: 'consent-stale',
    });
  });
});
