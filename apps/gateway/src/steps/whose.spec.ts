import { ALWAYS, ANYTHING, type Facts, type RuleSet } from '#consent';
import { z } from 'zod';
import type { Parts } from '../parts.js';
import type { Permitted } from '../writing.js';
import { whose, whoseIs } from './whose.js';

function of(source: string): { readonly facts: Facts } {
  return {
    facts: {
      type: 'Observation',
      id: 'o',
      versionId: 'v',
      codes: [],
      labels: [],
      labelRules: '1',
      authors: [],
      related: [],
      targets: [],
      source,
      time: null,
    },
  };
}

describe('whoseIs', () => {
  it('gives a client what its own source brought, and what it makes', () => {
    const mine = { kind: 'own', source: 'app-a' };
    expect(whoseIs(of('app-a'), { source: 'app-a' })).toEqual(mine);
    expect(whoseIs(undefined, { source: 'app-a' })).toEqual(mine);
  });

  it('tells the record of a vendor from what another client wrote', () => {
    expect(whoseIs(of('northside'), { source: 'app-a' })).toEqual({ kind: 'vendor', source: 'northside' });
    expect(whoseIs(of('northside'), { source: undefined })).toEqual({ kind: 'vendor', source: 'northside' });
    expect(whoseIs(of('app-b'), { source: 'app-a' })).toEqual({ kind: 'nobody' });
    expect(whoseIs(of('app-b'), { source: undefined })).toEqual({ kind: 'nobody' });
  });

  it('gives nothing to make to a client that owns no source', () => {
    expect(whoseIs(undefined, { source: undefined })).toEqual({ kind: 'nobody' });
  });
});

/** Each permits everybody to add to her record, but for one. */
const DENYING = 'p-9';
function rulesOf(person: string): RuleSet {
  const rule = { ...ANYTHING, ordinal: 1, effect: 'permit', actions: ['collect'], valid: ALWAYS };
  const consent = {
    consent: 'c',
    person,
    kind: 'permit',
    fromPosition: 0n,
    untilPosition: null,
    window: ALWAYS,
  };
  const rules: unknown = { person, version: 1n, consents: [{ ...consent, rules: [rule] }] };
  return z.custom<RuleSet>().parse(rules);
}

const parts = (more: Partial<Parts['writes']> = {}): Pick<Parts, 'writes' | 'rules'> => ({
  rules: {
    personsOf: () => Promise.reject(new Error('not here')),
    ruleSets: (persons) => Promise.resolve(persons.filter((one) => one !== DENYING).map(rulesOf)),
  },
  writes: {
    takes: (source, type, interaction) =>
      source === 'northside' && type === 'Condition' && interaction === 'create',
    takerOf: (patient) => Promise.resolve(['p-1', DENYING].includes(patient) ? 'northside' : undefined),
    write: () => Promise.reject(new Error('not here')),
    ...more,
  },
});
const creating = (patients: readonly string[], own?: string): Permitted => {
  const request = { method: 'POST', path: '/Condition', query: '', body: new Uint8Array() };
  const state: unknown = {
    request,
    interaction: { kind: 'create', type: 'Condition' },
    principal: { client: 'app', source: own },
    named: patients.map((patient) => ({ patient, person: patient === 'nobody' ? undefined : patient })),
    permit: {
      predicate: {
        actors: ['client:app'],
        purpose: 'TREAT',
        action: 'collect',
        asOf: { position: 1n },
        now: { lo: 0, hi: 0 },
      },
    },
  };
  return z.custom<Permitted>().parse(state);
};

describe('whose', () => {
  it('sends what a client without a source of its own creates to the vendor of the one patient', async () => {
    await expect(whose(creating(['p-1']), parts())).resolves.toMatchObject({
      kind: 'go',
      state: { source: 'northside', isVendors: true },
    });
    await expect(whose(creating(['p-1'], 'app-app'), parts())).resolves.toMatchObject({
      state: { source: 'app-app', isVendors: false },
    });
    for (const patients of [['p-2'], ['p-1', 'p-2'], []]) {
      await expect(whose(creating(patients), parts())).resolves.toMatchObject({
        kind: 'refuse',
        code: 'not-owner',
      });
    }
  });

  it('does not tell whose patient somebody is to whom she permits nothing', async () => {
    for (const patient of [DENYING, 'nobody']) {
      await expect(whose(creating([patient]), parts())).resolves.toMatchObject({
        kind: 'refuse',
        code: 'consent-denied',
      });
    }
  });

  it('refuses what the vendor does not take', async () => {
    const none = parts({ takes: () => false });
    await expect(whose(creating(['p-1']), none)).resolves.toMatchObject({
      kind: 'refuse',
      code: 'not-owner',
    });
  });
});
