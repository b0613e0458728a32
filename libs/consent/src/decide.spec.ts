import { decide, type DecideInput, NOTICE } from './decide.js';
import { guard } from './guard.js';
import { permitSource, permitTask } from './make-permits.js';
import { OperatePermit, ServePermit, SourcePermit } from './permit.js';
import { CONSENT_ONLY } from './policies.js';
import type { ConsentRules, Facts, Rule, RuleSet } from './rule.js';
import { timeBounds } from './time-bounds.js';

const NOW = 1_000_000_000;
const rule: Rule = {
  ordinal: 0,
  effect: 'permit',
  valid: { from: -Infinity, to: Infinity },
  actors: ['client:a'],
  purposes: ['TREAT'],
  actions: null,
  classes: ['Observation'],
  codes: null,
  labels: null,
  data: null,
  instances: null,
  related: null,
  authors: null,
};
const consent: ConsentRules = {
  consent: 'c1',
  person: 'p',
  kind: 'permit',
  rules: [rule],
  window: rule.valid,
  fromPosition: 1n,
  untilPosition: null,
  citation: { chainId: '1', contract: '0x', subject: '0x', grantId: '0x', version: 1, binding: '' },
};
const setOf = (...consents: readonly ConsentRules[]): RuleSet => ({ person: 'p', version: 1n, consents });
const input: DecideInput = {
  asker: {
    tenant: 't',
    client: 'a',
    user: 'u',
    organization: 'o',
    roles: ['r'],
    purpose: 'TREAT',
    expiresMs: NOW + 5000,
  },
  interaction: { kind: 'search-type', types: ['Observation'], patients: ['x'] },
  scopes: [{ type: 'Observation', criteria: [] }],
  ruleSets: new Map([['x', setOf(consent)]]),
  chain: {
    state: {
      at: { number: 7n, hash: '0xab', position: 5n },
      blockTime: NOW / 1000 - 10,
      contactMs: NOW - 1000,
    },
    ageBy: 'contact',
    staleMs: 30_000,
  },
  times: { clockMs: NOW, blockTimeS: NOW / 1000 - 10, lastSealedMs: NOW - 5, blockLagMs: undefined },
};

function permitOf(given: DecideInput): ServePermit {
  const decision = decide(given);
  if (decision.kind !== 'permit') throw new Error(decision.code);
  return decision.permit;
}

describe('decide', () => {
  it('makes a permit with actors, purpose, position, times, basis and the constant notice', () => {
    const permit = permitOf(input);
    expect(ServePermit.is(permit)).toBe(true);
    expect(permit.predicate).toEqual({
      tenant: 't',
      actors: ['client:a', 'user:u', 'organization:o', 'role:r'],
      purpose: 'TREAT',
      action: 'access',
      scopes: input.scopes,
      asOf: { number: 7n, hash: '0xab', position: 5n },
      now: { lo: NOW, hi: NOW },
      directory: false,
    });
    expect(permit.basis).toEqual([{ kind: 'consent', consent: 'c1' }]);
    expect(permit.obligations).toEqual([NOTICE]);
    expect(permit.expiresMs).toBe(NOW + 5000);
  });

  it('refuses a named patient whose rules give nothing for this type and purpose now', () => {
    const refusal = { kind: 'refusal', code: 'consent-denied', basis: [] };
    const denied = (change: Partial<DecideInput>): void =>
      expect(decide({ ...input, ...change })).toEqual(refusal);
    denied({ interaction: { ...input.interaction, types: ['Condition'] } });
    denied({ asker: { ...input.asker, purpose: 'HRESCH' } });
    denied({ asker: { ...input.asker, client: 'b' } });
    denied({ ruleSets: new Map() });
    denied({ ruleSets: new Map([['x', setOf({ ...consent, fromPosition: 6n })]]) });
    denied({ interaction: { ...input.interaction, patients: ['x', 'unknown'] } });
    const exception: Rule = { ...rule, ordinal: 1, effect: 'deny', classes: null };
    denied({ ruleSets: new Map([['x', setOf(consent, { ...consent, consent: 'c2', rules: [exception] })]]) });
  });

  it('answers where a deny leaves something over', () => {
    const exception: Rule = { ...rule, ordinal: 1, effect: 'deny', codes: ['s|c'] };
    const ruleSets = new Map([['x', setOf({ ...consent, rules: [rule, exception] })]]);
    expect(decide({ ...input, ruleSets }).kind).toBe('permit');
  });

  it('permits instance interactions and searches that name nobody, and lets the predicate decide', () => {
    const nobody = { ...input, ruleSets: new Map() };
    for (const kind of ['read', 'vread', 'history-instance'] as const) {
      expect(permitOf({ ...nobody, interaction: { ...input.interaction, kind } }).basis).toEqual([]);
    }
    expect(decide({ ...nobody, interaction: { ...input.interaction, patients: [] } }).kind).toBe('permit');
  });

  it('refuses while the projection is too old, or not there, whoever is named', () => {
    const stale = { kind: 'refusal', code: 'consent-stale', basis: [] };
    const later = { ...input, times: { ...input.times, clockMs: NOW + 30_000 } };
    expect(decide(later)).toEqual(stale);
    expect(decide({ ...input, chain: { ...input.chain, state: undefined } })).toEqual(stale);
    expect(decide({ ...input, chain: { ...input.chain, ageBy: 'block', staleMs: 9000 } })).toEqual(stale);
  });

  it('does not take a clock that was set back for freshness', () => {
    const back = { ...input.times, clockMs: NOW - 3_600_000, lastSealedMs: NOW + 60_000 };
    expect(decide({ ...input, times: back })).toMatchObject({ code: 'consent-stale' });
  });

  it('opens the directory only to a scope that names it', () => {
    const scopes = [{ type: '*', criteria: [] }];
    expect(permitOf({ ...input, scopes }).predicate.directory).toBe(false);
    expect(
      permitOf({ ...input, scopes: [...scopes, { type: 'Organization', criteria: [] }] }).predicate.directory,
    ).toBe(true);
    expect(decide({ ...input, scopes: [] })).toMatchObject({ code: 'scope-insufficient' });
  });
});

describe('timeBounds', () => {
  it('takes the latest and the earliest that now may be', () => {
    const times = { clockMs: 100_000, blockTimeS: 90, lastSealedMs: 105_000, blockLagMs: 5000 };
    expect(timeBounds(times)).toEqual({ lo: 95_000, hi: 105_000, alarm: false });
  });

  it('revives nothing when the clock is set back, and opens nothing when block time is pushed ahead', () => {
    const back = timeBounds({ clockMs: 0, blockTimeS: 90, lastSealedMs: 105_000, blockLagMs: undefined });
    expect(back).toEqual({ lo: 0, hi: 105_000, alarm: true });
    const ahead = timeBounds({
      clockMs: 100_000,
      blockTimeS: 9000,
      lastSealedMs: undefined,
      blockLagMs: undefined,
    });
    expect(ahead).toEqual({ lo: 100_000, hi: 9_000_000, alarm: true });
  });
});

describe('guard', () => {
  const facts: Facts = {
    type: 'Observation',
    id: 'o',
    versionId: 'v',
    codes: ['?'],
    labels: ['?'],
    labelRules: '1',
    targets: [],
    authors: ['?'],
    related: ['?'],
    source: 's',
    time: null,
  };
  const row = { facts, patients: [{ patient: 'x', person: 'p' }] };
  const permit = permitOf(input);
  const found = { rows: [row], sawPosition: 5n };

  it('keeps what the held rules show, with its basis', () => {
    const result = guard(permit, found, new Map([['p', setOf(consent)]]));
    expect(result).toMatchObject({
      outcome: 'clear',
      removed: [],
      kept: [{ row, verdict: { basis: [{ consent: 'c1' }] } }],
    });
  });

  it('calls it an incident when something was to leave that the held rules hide', () => {
    expect(guard(permit, found, new Map())).toMatchObject({
      outcome: 'incident',
      kept: [],
      removed: [{ row }],
    });
  });

  it('asks again when the projection or the rules moved in between', () => {
    expect(guard(permit, { ...found, sawPosition: 6n }, new Map()).outcome).toBe('retry');
    const held = new Map([['p', { ...setOf(), version: 2n }]]);
    expect(guard(permit, { ...found, sawVersions: new Map([['p', 1n]]) }, held).outcome).toBe('retry');
    expect(guard(permit, { ...found, sawVersions: new Map([['p', 2n]]) }, held).outcome).toBe('incident');
  });

  it('removes what fits a granular scope only by the word of the query', () => {
    const criteria = [{ param: 'category', modifier: undefined, values: [] }];
    const granular = permitOf({ ...input, scopes: [{ type: 'Observation', criteria }] });
    const held = new Map([['p', setOf(consent)]]);
    expect(guard(granular, found, held).outcome).toBe('incident');
    expect(guard(granular, { ...found, rows: [{ ...row, fits: () => true }] }, held).outcome).toBe('clear');
  });
});

describe('other permits', () => {
  it('are made for a registered source and a task of the closed list', () => {
    expect(SourcePermit.is(permitSource({ source: 'northside' }))).toBe(true);
    expect(OperatePermit.is(permitTask('reindex'))).toBe(true);
    expect(ServePermit.is({ kind: 'serve', predicate: {} })).toBe(false);
  });

  it('name policies by digests that change with their words', () => {
    expect(CONSENT_ONLY.policies.map((policy) => policy.name)).toEqual(['P-SELF']);
    expect(CONSENT_ONLY.digest).toMatch(/^[0-9a-f]{64}$/);
  });
});
