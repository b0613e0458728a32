import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  buildGrantConsent,
  commitmentOf,
  type ConsentRules,
  decide,
  factsOf,
  type GrantWish,
  judge,
  kindOf,
  parseConsent,
  rulesOf,
  type RuleSet,
  SYSTEMS,
  termsOf,
} from '#consent';

/** What a person said, in words and as filed. */
interface Said {
  readonly words: string;
  readonly wishes: readonly (Omit<Partial<GrantWish>, 'actions'> & {
    /** `null`: the Consent names no action. */
    readonly actions?: GrantWish['actions'] | null;
    readonly word?: Partial<ConsentRules>;
  })[];
}

const NOW = Date.UTC(2026, 5, 1);
const DAY = 86_400_000;
const SALT = `0x${'5a'.repeat(32)}` as const;
const label = (code: string): string => `${SYSTEMS.sensitivity}|${code}`;
const LOINC = 'http://loinc.org';
const permit = { effect: 'permit', classes: ['Observation', 'Condition'], purposes: ['TREAT'] } as const;

const SAID: readonly Said[] = [
  { words: 'nothing', wishes: [] },
  { words: 'app A may read Observations and Conditions to treat me', wishes: [permit] },
  { words: '… from tomorrow', wishes: [{ ...permit, fromMs: NOW + DAY }] },
  { words: '… until the very second of the request', wishes: [{ ...permit, toMs: NOW }] },
  { words: '… until the second after', wishes: [{ ...permit, toMs: NOW + 1000 }] },
  { words: '… except what is about HIV', wishes: [{ ...permit, except: [label('HIV')] }] },
  { words: '… and it is not yet final on chain', wishes: [{ ...permit, word: { fromPosition: null } }] },
  { words: '… and took it back', wishes: [{ ...permit, word: { untilPosition: 4n } }] },
  { words: 'app A may read the glucose test only', wishes: [{ ...permit, codes: [`${LOINC}|2339-0`] }] },
  {
    words: 'app A may read everything for any purpose',
    wishes: [{ effect: 'permit', classes: null, purposes: null }],
  },
  {
    words: 'app A may read everything; and, apart, app A may not read Conditions',
    wishes: [
      { effect: 'permit', classes: null, purposes: null },
      { effect: 'deny', classes: ['Condition'], purposes: null },
    ],
  },
  {
    words: 'app A may read everything; and, not yet on chain, app A may not read anything',
    wishes: [
      { effect: 'permit', classes: null, purposes: null },
      { effect: 'deny', classes: null, purposes: null, word: { fromPosition: null } },
    ],
  },
  {
    words: 'app A may read everything; and app B may not read anything',
    wishes: [
      { effect: 'permit', classes: null, purposes: null },
      { effect: 'deny', classes: null, purposes: null, client: 'B' },
    ],
  },
  {
    words: 'app A may read, add and change Observations and Conditions to treat me',
    wishes: [{ ...permit, actions: ['access', 'collect', 'correct'] }],
  },
  {
    words: 'app A may add Observations and Conditions to treat me',
    wishes: [{ ...permit, actions: ['collect'] }],
  },
  {
    words: 'app A may change the glucose test only, and not read it',
    wishes: [{ ...permit, codes: [`${LOINC}|2339-0`], actions: ['correct'] }],
  },
  {
    words: 'app A may read, add and change Observations and Conditions to treat me, except what is about HIV',
    wishes: [{ ...permit, except: [label('HIV')], actions: ['access', 'collect', 'correct'] }],
  },
  {
    words: 'app A may read, add and change everything; and, apart, app A may not add or change Conditions',
    wishes: [
      { effect: 'permit', classes: null, purposes: null, actions: ['access', 'collect', 'correct'] },
      { effect: 'deny', classes: ['Condition'], purposes: null, actions: ['collect', 'correct'] },
    ],
  },
  {
    words: 'app A may do everything; and it is not yet final on chain',
    wishes: [{ ...permit, actions: ['access', 'collect', 'correct'], word: { fromPosition: null } }],
  },
  {
    words: 'app A, of which it does not say what it may do with Observations and Conditions',
    wishes: [{ ...permit, actions: null }],
  },
];

/** Who asks; `own`: app A is the person's own, with a token for her patient alone. */
interface Ask {
  readonly client: string;
  readonly purpose: string;
  readonly own?: boolean;
}

const ASKS: readonly Ask[] = [
  { client: 'A', purpose: 'TREAT' },
  { client: 'A', purpose: 'HMARKT' },
  { client: 'B', purpose: 'TREAT' },
  { client: 'A', purpose: 'PATRQT', own: true },
];

const coded = (code: string): { coding: { system: string; code: string }[] } => ({
  coding: [{ system: LOINC, code }],
});
const RECORD = {
  'glucose test': {
    resourceType: 'Observation',
    id: '1',
    code: coded('2339-0'),
    effectiveDateTime: '2026-01-01',
  },
  'HIV test': { resourceType: 'Observation', id: '2', code: coded('75622-1') },
  'test without a code': { resourceType: 'Observation', id: '3' },
  depression: {
    resourceType: 'Condition',
    id: '4',
    code: { coding: [{ system: 'http://snomed.info/sct', code: '35489007' }] },
  },
  'psychotherapy note': {
    resourceType: 'DocumentReference',
    id: '5',
    type: coded('34112-3'),
    meta: { security: [{ system: SYSTEMS.sensitivity, code: 'PSYTHPN' }] },
  },
  'name and address': { resourceType: 'Patient', id: 'p1' },
} as const;

function consentOf(said: Said['wishes'][number], place: number): ConsentRules {
  const { word, actions, ...wish } = said;
  const whole: GrantWish = {
    patient: 'p1',
    client: 'A',
    effect: 'permit',
    classes: null,
    purposes: null,
    fromMs: -Infinity,
    toMs: Infinity,
    atMs: NOW - DAY,
    ...wish,
    actions: actions ?? undefined,
  };
  const signed = Buffer.from(buildGrantConsent(whole)).toString('utf8');
  const bytes = Buffer.from(actions === null ? signed.replace(/"action":\[\{.*?\}\]\}\],/, '') : signed);
  const consent = parseConsent(bytes);
  const terms = termsOf(consent, `client:${whole.client}`, SALT);
  const window = { from: -Infinity, to: Infinity };
  const filing = { bytes, kind: kindOf(consent), terms, commitment: commitmentOf(terms) };
  return {
    consent: `c${place}`,
    person: 'person',
    kind: filing.kind,
    rules: rulesOf(filing, window),
    window,
    fromPosition: 3n,
    untilPosition: null,
    citation: { chainId: '1', contract: '0x', subject: '0x', grantId: '0x', version: 1, binding: '' },
    ...word,
  };
}

function decideFor(
  ruleSet: RuleSet | undefined,
  ask: Ask,
  kind: 'read' | 'search-type' | 'create' | 'update',
): ReturnType<typeof decide> {
  return decide({
    asker: {
      tenant: 'default',
      client: ask.client,
      user: undefined,
      organization: undefined,
      roles: [],
      purpose: ask.purpose,
      expiresMs: NOW + DAY,
    },
    interaction: { kind, types: ['Observation'], patients: kind === 'search-type' ? ['p1'] : [] },
    scopes: [{ type: '*', criteria: [] }],
    ruleSets: new Map([['p1', ruleSet]]),
    ...(ask.own === true ? { own: { patient: 'p1', person: 'person' } } : {}),
    chain: {
      state: { at: { number: 9n, hash: '0x', position: 5n }, blockTime: NOW / 1000, contactMs: NOW },
      ageBy: 'contact',
      staleMs: 30_000,
    },
    times: { clockMs: NOW, blockTimeS: NOW / 1000, lastSealedMs: NOW, blockLagMs: undefined },
  });
}

function rowOf(said: Said, ask: Ask): object {
  const ruleSet: RuleSet = { person: 'person', version: 1n, consents: said.wishes.map(consentOf) };
  const search = decideFor(ruleSet, ask, 'search-type');
  return {
    'the person says': said.words,
    'who asks': `${ask.own === true ? 'her own ' : ''}app ${ask.client} for ${ask.purpose}`,
    'search for her Observations': search.kind === 'permit' ? 'answered' : search.code,
    'may be seen': permitted(ruleSet, ask, 'read'),
    'may be added': permitted(ruleSet, ask, 'create'),
    'may be changed': permitted(ruleSet, ask, 'update'),
  };
}

/** Of which parts of the record an interaction is permitted. */
function permitted(ruleSet: RuleSet, ask: Ask, kind: 'read' | 'create' | 'update'): readonly string[] {
  const decision = decideFor(ruleSet, ask, kind);
  if (decision.kind !== 'permit') throw new Error('an instance interaction always gets a permit');
  const patients = [{ patient: 'p1', person: 'person' }];
  return Object.entries(RECORD)
    .filter(([, resource]) => {
      const facts = factsOf(resource, { source: 's', versionId: 'v' });
      return judge({ facts, patients }, new Map([['person', ruleSet]]), decision.permit.predicate).visible;
    })
    .map(([name]) => name);
}

describe('the decision table', () => {
  const golden: unknown = JSON.parse(
    readFileSync(path.join(process.cwd(), 'test/golden/decision-table.json'), 'utf8'),
  );

  it('is the one that a privacy officer has read', () => {
    expect(golden).toEqual(SAID.flatMap((said) => ASKS.map((ask) => rowOf(said, ask))));
  });

  it('refuses a patient id that nobody has as it refuses a patient who permits nothing', () => {
    for (const ask of ASKS) {
      // to her own app it is another person who permits nothing
      const nothing = { person: ask.own === true ? 'another' : 'person', version: 1n, consents: [] };
      expect(decideFor(undefined, ask, 'search-type')).toEqual(decideFor(nothing, ask, 'search-type'));
    }
  });
});
