import fc from 'fast-check';
import { parseStrict, writeJson } from '#digest';
import { buildGrantConsent, type GrantWish } from './build-grant-consent.js';
import type { Hex } from './chain-terms.js';
import { checkFiling, type Filing } from './check-filing.js';
import { SYSTEMS } from './code-systems.js';
import { commitmentOf, EVERYBODY, granteeOf } from './commitment.js';
import { isObject } from '#fhir';
import { kindOf, parseConsent, rulesOf, UNREADABLE } from './index.js';
import { servedConsent } from './served-consent.js';
import { termsOf } from './terms-of.js';
import { EVERY_CLASS, VOCABULARY } from './vocabulary.js';

const AT = Date.UTC(2026, 0, 15);
const SALT: Hex = `0x${'5a'.repeat(32)}`;
const ALWAYS = { from: -Infinity, to: Infinity };
const wish: GrantWish = {
  patient: 'p1',
  client: 'app',
  effect: 'permit',
  classes: ['Observation', 'Condition'],
  purposes: ['TREAT'],
  fromMs: AT,
  toMs: AT + 10_000,
  atMs: AT,
  except: [`${SYSTEMS.sensitivity}|HIV`],
};

function filingOf(given: GrantWish | Uint8Array, change: Partial<Filing> = {}): Filing {
  const bytes = given instanceof Uint8Array ? given : buildGrantConsent(given);
  const consent = parseConsent(bytes);
  const terms = termsOf(consent, 'client:app', SALT);
  return {
    bytes,
    kind: kindOf(consent),
    terms,
    commitment: commitmentOf(terms),
    patient: 'p1',
    grantee: 'client:app',
    nowMs: AT,
    ...change,
  };
}

/** The built Consent with one member set, anywhere below the document or its provision. */
function changed(where: 'document' | 'provision', member: string, value: string | object): Uint8Array {
  const document = parseStrict(buildGrantConsent(wish));
  if (!isObject(document) || !isObject(document['provision'])) throw new Error('no document');
  const set = parseStrict(JSON.stringify(value));
  const provision = { ...document['provision'], [member]: set };
  const whole = where === 'document' ? { ...document, [member]: set } : { ...document, provision };
  return Buffer.from(writeJson(whole));
}

function codesOf(filing: Filing): readonly string[] {
  const check = checkFiling(filing);
  return check.kind === 'accepted' ? [] : check.faults.map((fault) => fault.code);
}

type Place = readonly [where: 'document' | 'provision', member: string, value: string | object];
const ROWS: readonly (readonly [string, ...Place, string])[] = [
  ['an extension', 'document', 'extension', [{ url: 'x' }], 'consent-member-unsupported'],
  ['a modifier extension', 'provision', 'modifierExtension', [{ url: 'x' }], 'consent-member-unsupported'],
  [
    'a contained resource',
    'document',
    'contained',
    [{ resourceType: 'Group' }],
    'consent-member-unsupported',
  ],
  ['another status', 'document', 'status', 'draft', 'consent-value-unsupported'],
  [
    'a research scope',
    'document',
    'scope',
    { coding: [{ system: SYSTEMS.scope, code: 'research' }] },
    'consent-value-unsupported',
  ],
  [
    'an unverified verification',
    'document',
    'verification',
    [{ verified: false }],
    'consent-value-unsupported',
  ],
  [
    'an unknown purpose',
    'provision',
    'purpose',
    [{ system: SYSTEMS.purpose, code: 'FUN' }],
    'consent-value-unsupported',
  ],
  [
    'a purpose of a foreign system',
    'provision',
    'purpose',
    [{ system: 'urn:x', code: 'TREAT' }],
    'consent-value-unsupported',
  ],
  [
    'a label that no rule gives',
    'provision',
    'securityLabel',
    [{ system: SYSTEMS.sensitivity, code: 'GDIS' }],
    'consent-value-unsupported',
  ],
  [
    'a class that is no resource type',
    'provision',
    'class',
    [{ system: SYSTEMS.class, code: 'Thing' }],
    'consent-value-unsupported',
  ],
  ['an empty list', 'provision', 'actor', [], 'consent-value-unsupported'],
  [
    'an actor by mere reference',
    'provision',
    'actor',
    [{ role: { coding: [{ system: SYSTEMS.role, code: 'IRCP' }] }, reference: { reference: 'Group/all' } }],
    'consent-member-unsupported',
  ],
  ['a code by text alone', 'provision', 'code', [{ text: 'all' }], 'consent-member-missing'],
  [
    'data that depends',
    'provision',
    'data',
    [{ meaning: 'dependents', reference: { reference: 'Encounter/1' } }],
    'consent-value-unsupported',
  ],
  [
    'two meanings of data at once',
    'provision',
    'data',
    [
      { meaning: 'instance', reference: { reference: 'Observation/1' } },
      { meaning: 'authoredby', reference: { reference: 'Practitioner/1' } },
    ],
    'consent-value-unsupported',
  ],
  [
    'a second level of exceptions',
    'provision',
    'provision',
    [{ type: 'deny', provision: [{ type: 'permit' }] }],
    'consent-member-unsupported',
  ],
  [
    'a period that ends before it starts',
    'provision',
    'period',
    { start: '2026-02-01', end: '2026-01-01' },
    'consent-value-unsupported',
  ],
  ['an impossible date', 'provision', 'period', { end: '2026-02-30' }, 'consent-value-unsupported'],
  [
    '10,000 exceptions',
    'provision',
    'provision',
    Array.from({ length: 10_000 }, () => ({ type: 'deny' })),
    'consent-too-large',
  ],
];
const NOT_UNDERSTOOD = ROWS.map(([title, where, member, value, code]) => {
  const place: Place = [where, member, value];
  return { title, place, code };
});

describe('parseConsent', () => {
  it('reads what the command line builds', () => {
    const consent = parseConsent(buildGrantConsent(wish));
    expect(consent.patient).toBe('p1');
    expect(consent.base).toMatchObject({
      effect: 'permit',
      actors: ['client:app'],
      classes: ['Observation', 'Condition'],
      purposes: ['TREAT'],
      actions: ['access'],
      period: { from: AT, to: AT + 10_000 },
      codes: null,
    });
    expect(consent.exceptions).toMatchObject([
      { effect: 'deny', actors: ['client:app'], labels: [`${SYSTEMS.sensitivity}|HIV`] },
    ]);
  });

  it('reads what may be done, and the narrative says it', () => {
    const bytes = buildGrantConsent({ ...wish, actions: ['access', 'collect', 'correct'] });
    expect(parseConsent(bytes).base.actions).toEqual(['access', 'collect', 'correct']);
    expect(Buffer.from(bytes).toString()).toContain('may read, add to, change and delete Observation');
  });

  it.each(NOT_UNDERSTOOD)('refuses $title', ({ place: [where, member, value], code }) => {
    const bytes = changed(where, member, value);
    expect(codesOf({ ...filingOf(wish), bytes })).toEqual([code]);
  });

  it('refuses duplicate members and truncated bytes', () => {
    const bytes = buildGrantConsent(wish);
    expect(codesOf({ ...filingOf(wish), bytes: bytes.subarray(0, -1) })).toEqual(['consent-malformed']);
    const twice = Buffer.from(Buffer.from(bytes).toString().replace('{', '{"status":"active",'));
    expect(codesOf({ ...filingOf(wish), bytes: twice })).toEqual(['consent-malformed']);
  });

  it('never fails otherwise than by a fault, whatever is put where', () => {
    const members = [
      'period',
      'actor',
      'action',
      'purpose',
      'class',
      'code',
      'data',
      'provision',
      'securityLabel',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...members), fc.jsonValue(), (member, value) => {
        const bytes = Buffer.from(
          JSON.stringify({
            ...JSON.parse(Buffer.from(buildGrantConsent(wish)).toString()),
            provision: { type: 'permit', [member]: value },
          }),
        );
        expect(['accepted', 'refused']).toContain(checkFiling({ ...filingOf(wish), bytes }).kind);
      }),
    );
  });

  it('takes a date as end for all of that day, and a time as the end itself', () => {
    const dated = parseConsent(changed('provision', 'period', { start: '2026-01-01', end: '2026-01-31' }));
    expect(dated.base.period).toEqual({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) });
    const timed = parseConsent(changed('provision', 'period', { end: '2026-01-31T10:00:00+02:00' }));
    expect(timed.base.period).toEqual({ from: -Infinity, to: Date.UTC(2026, 0, 31, 8) });
  });
});

describe('checkFiling', () => {
  it('accepts what was built, signed and committed', () => {
    expect(checkFiling(filingOf(wish)).kind).toBe('accepted');
    expect(codesOf(filingOf({ ...wish, effect: 'deny', except: [] }))).toEqual([]);
  });

  it.each([
    ['another patient than the binding names', { patient: 'p2' }, ['filing-patient']],
    ['a Consent that is back-dated', { nowMs: AT + 40 * 86_400_000 }, ['filing-date']],
    ['a Consent from the future', { nowMs: AT - 3_600_000 }, ['filing-date']],
    ['a deny that permits', { kind: 'deny' }, ['filing-kind']],
    ['another grantee', { grantee: 'client:other' }, ['filing-grantee', 'filing-terms', 'filing-commitment']],
    ['a commitment to something else', { commitment: SALT }, ['filing-commitment']],
  ] as const)('refuses %s', (_, change, codes) => {
    expect(codesOf(filingOf(wish, change))).toEqual(codes);
  });

  it('refuses terms that are wider than the Consent', () => {
    const filing = filingOf(wish);
    const terms = { ...filing.terms, classes: EVERY_CLASS };
    expect(codesOf({ ...filing, terms, commitment: commitmentOf(terms) })).toEqual(['filing-terms']);
  });

  it('refuses a permit for everybody', () => {
    const document: unknown = JSON.parse(Buffer.from(buildGrantConsent({ ...wish, except: [] })).toString());
    const text = JSON.stringify(document, (name, value: unknown) => (name === 'actor' ? undefined : value));
    expect(codesOf(filingOf(Buffer.from(text)))).toContain('filing-everybody');
  });
});

describe('termsOf', () => {
  it('names the classes and purposes of a permit by their bits', () => {
    const { terms } = filingOf(wish);
    const bits = ['Observation', 'Condition'].map((type) => 1n << BigInt(VOCABULARY.classes.indexOf(type)));
    expect(terms.classes).toBe(bits.reduce((a, b) => a | b));
    expect(terms.purposes).toBe(1n);
    expect(terms.grantee).toBe(granteeOf('client:app'));
  });

  it('gives an unlimited deny every bit, and an unlimited permit those of the list only', () => {
    const unlimited = { ...wish, classes: null, purposes: null, except: [] };
    expect(filingOf(unlimited).terms.classes).toBe((1n << BigInt(VOCABULARY.classes.length)) - 1n);
    expect(filingOf({ ...unlimited, effect: 'deny' }).terms.classes).toBe(EVERY_CLASS);
  });

  it('makes a deny without actors one for everybody', () => {
    const text = Buffer.from(buildGrantConsent({ ...wish, effect: 'deny', except: [] })).toString();
    const document: unknown = JSON.parse(text, (name, value: unknown) =>
      name === 'actor' ? undefined : value,
    );
    expect(termsOf(parseConsent(Buffer.from(JSON.stringify(document))), undefined, SALT).grantee).toBe(
      EVERYBODY,
    );
  });
});

describe('rulesOf', () => {
  it('bounds each provision by the window on chain', () => {
    const rules = rulesOf(filingOf(wish), { from: AT + 1000, to: Infinity });
    expect(rules.map((rule) => [rule.ordinal, rule.effect, rule.valid])).toEqual([
      [0, 'permit', { from: AT + 1000, to: AT + 10_000 }],
      [1, 'deny', { from: AT + 1000, to: Infinity }],
    ]);
  });

  it('keeps a permit within its terms', () => {
    const filing = filingOf({ ...wish, classes: null });
    const terms = { ...filing.terms, classes: 1n << BigInt(VOCABULARY.classes.indexOf('Patient')) };
    const [base] = rulesOf({ ...filing, terms, commitment: commitmentOf(terms) }, ALWAYS);
    expect(base?.classes).toEqual(['Patient']);
  });

  it('lets terms of another vocabulary permit nothing and deny everything', () => {
    const permit = filingOf({ ...wish, except: [] });
    const foreign = { ...permit.terms, vocabulary: SALT };
    expect(rulesOf({ ...permit, terms: foreign, commitment: commitmentOf(foreign) }, ALWAYS)).toEqual([]);
    const deny = filingOf({ ...wish, effect: 'deny', except: [] });
    const strange = { ...deny.terms, vocabulary: SALT };
    const [base] = rulesOf({ ...deny, terms: strange, commitment: commitmentOf(strange) }, ALWAYS);
    expect(base).toMatchObject({ effect: 'deny', actors: null, classes: null, purposes: null });
  });

  it('turns what cannot be read or does not match its commitment into a deny of everything', () => {
    const filing = filingOf(wish);
    expect(rulesOf({ ...filing, bytes: filing.bytes.subarray(1) }, ALWAYS)).toBe(UNREADABLE);
    expect(rulesOf({ ...filing, commitment: SALT }, ALWAYS)).toBe(UNREADABLE);
    expect(rulesOf({ ...filing, kind: 'deny' }, ALWAYS)).toBe(UNREADABLE);
  });

  it('lets a deny of normal confidentiality reach restricted data too', () => {
    const label = { system: SYSTEMS.confidentiality, code: 'N' };
    const rules = rulesOf(
      filingOf(changed('provision', 'provision', [{ type: 'deny', securityLabel: [label] }])),
      ALWAYS,
    );
    expect(rules[1]?.labels).toEqual(['N', 'R', 'V'].map((code) => `${SYSTEMS.confidentiality}|${code}`));
  });
});

describe('servedConsent', () => {
  it('derives status and meta and leaves the rest as signed', () => {
    const bytes = buildGrantConsent(wish);
    const served = servedConsent(bytes, { id: 'c1', versionId: 'v1', lastUpdatedMs: AT, inForce: false });
    const signed = parseStrict(bytes);
    expect(served).toMatchObject({ id: 'c1', status: 'inactive', meta: { versionId: 'v1' } });
    expect(isObject(signed) && signed['provision']).toEqual(served['provision']);
  });
});
