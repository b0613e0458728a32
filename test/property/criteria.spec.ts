import fc from 'fast-check';
import type { Predicate } from '#consent';
import type { Criterion, Prefix, SearchRequest, SearchValue } from '#fhir';
import { compileSearch, fitsCriteria, foldText, isGranular, type IndexRows } from '#search';
import { openSmallStore, type Row, type SmallStore, versionRow } from './small-store.js';

const PERSON = '00000000-0000-7000-8000-000000000001';
const RECORD = '00000000-0000-7000-8000-0000000000ff';
const SEED = 7;
const DAY = 86_400_000;
const UPDATED = Date.UTC(2026, 0, 1);

/** One by which the patient is named whose record is asked for, and one that may name anybody. */
const param = fc.constantFrom('patient', 'q');
const q = fc.constant('q');
const reaching = (target: string): fc.Arbitrary<string> => (target === 'Patient' ? param : q);
const small = fc.integer({ min: 0, max: 4 });
const span = (unit: number): fc.Arbitrary<{ lo: number; hi: number }> =>
  fc
    .tuple(small, fc.integer({ min: 1, max: 3 }))
    .map(([lo, size]) => ({ lo: lo * unit, hi: (lo + size) * unit }));
const closed = fc.tuple(small, fc.integer({ min: 0, max: 2 })).map(([lo, size]) => ({ lo, hi: lo + size }));
const word = fc.constantFrom('Ann', 'anna', 'Bob', 'é', 'bo%b', 'A_n');
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { maxLength: 2 });

const rows: fc.Arbitrary<IndexRows> = fc.record({
  token: few(fc.record({ param: q, system: fc.constantFrom('', 's', 't'), code: fc.constantFrom('a', 'b') })),
  string: few(fc.record({ param: q, exact: word }).map((row) => ({ ...row, folded: foldText(row.exact) }))),
  reference: few(
    fc
      .record({
        targetType: fc.constantFrom('Patient', 'Group'),
        targetId: fc.constantFrom('1', '2'),
        url: fc.constant(''),
      })
      .chain((row) => reaching(row.targetType).map((name) => ({ ...row, param: name }))),
  ),
  date: few(fc.tuple(q, span(DAY)).map(([name, row]) => ({ param: name, ...row }))),
  number: few(fc.tuple(q, closed).map(([name, row]) => ({ param: name, ...row }))),
  quantity: few(
    fc
      .tuple(q, closed, fc.constantFrom('', 'u'))
      .map(([name, row, system]) => ({ param: name, ...row, system, code: 'x' })),
  ),
  uri: few(fc.record({ param: q, uri: fc.constantFrom('urn:a', 'urn:b') })),
});
interface Resource {
  readonly id: string;
  readonly lastUpdatedMs: number;
  readonly rows: IndexRows;
}

const resources = fc.sample(rows, { numRuns: 120, seed: SEED }).map((one, place): Resource => ({
  id: `r${String(place).padStart(3, '0')}`,
  lastUpdatedMs: UPDATED + place * 1000,
  rows: one,
}));

const prefix: fc.Arbitrary<Prefix> = fc.constantFrom('eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap');
const dated = fc.tuple(prefix, span(DAY)).map(([one, { lo, hi }]): SearchValue => ({
  kind: 'date',
  prefix: one,
  lo: new Date(lo).toISOString(),
  hi: new Date(hi).toISOString(),
}));
const value: fc.Arbitrary<SearchValue> = fc.oneof(
  fc.record({
    kind: fc.constant('token'),
    system: fc.constantFrom(undefined, null, 's'),
    code: fc.constantFrom(undefined, 'a', 'c'),
  }),
  fc.record({ kind: fc.constant('string'), text: word }),
  fc.record({
    kind: fc.constant('reference'),
    type: fc.constant('Group'),
    id: fc.constantFrom('1', '3'),
    url: fc.constant(undefined),
  }),
  dated,
  fc.tuple(prefix, closed).map(([one, { lo, hi }]): SearchValue => ({ kind: 'number', prefix: one, lo, hi })),
  fc.tuple(prefix, closed, fc.constantFrom(undefined, 'u')).map(([one, { lo, hi }, system]): SearchValue => ({
    kind: 'quantity',
    prefix: one,
    lo,
    hi,
    system,
    code: undefined,
  })),
  fc.record({ kind: fc.constant('uri'), uri: fc.constantFrom('urn:a', 'urn:c') }),
);
const criterion: fc.Arbitrary<Criterion> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(param, value)
      .map(([name, one]): Criterion => ({ param: name, modifier: undefined, values: [one] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(param, fc.boolean())
      .map(([name, missing]): Criterion => ({ param: name, modifier: 'missing', missing, values: [] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(param, fc.array(value, { minLength: 1, maxLength: 3 }))
      .map(([name, values]): Criterion => ({ param: name, modifier: 'not', values })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(param, word, fc.constantFrom('exact' as const, 'contains' as const))
      .map(([name, text, modifier]): Criterion => ({
        param: name,
        modifier,
        values: [{ kind: 'string', text }],
      })),
  },
);

const everything: Predicate = {
  tenant: 't0',
  actors: ['client:a'],
  purpose: 'TREAT',
  action: 'access',
  scopes: [{ type: '*', criteria: [] }],
  asOf: { number: 1n, hash: '0x', position: 5n },
  now: { lo: 0, hi: 0 },
  directory: false,
};

function searchOf(criteria: readonly Criterion[]): SearchRequest {
  return {
    type: 'Basic',
    count: 1000,
    criteria,
    sort: [{ param: '_id', descending: false }],
    cursor: undefined,
    total: 'none',
    summary: 'false',
    patients: [],
    used: [],
  };
}

const key = (id: string): Row => ({ tenant: 't0', type: 'Basic', id });
const iso = (ms: number): string => new Date(ms).toISOString();
const patientOf = (id: string, named = 'patient'): Criterion => ({
  param: named,
  modifier: undefined,
  values: [{ kind: 'reference', type: 'Patient', id, url: undefined }],
});

function rowsOf(): Readonly<Record<string, readonly Row[]>> {
  const all = <T>(pick: (rows: IndexRows) => readonly T[], row: (item: T) => Row): readonly Row[] =>
    resources.flatMap(({ id, rows: own }) => pick(own).map((item) => ({ ...key(id), ...row(item) })));
  const facts = {
    type: 'Basic',
    versionId: 'v',
    codes: [],
    labels: [],
    labelRules: '1',
    targets: [],
    authors: [],
    related: [],
    source: 's',
    time: null,
  };
  return {
    resource_version: resources.map(({ id, lastUpdatedMs }) => ({
      ...versionRow('t0', { ...facts, id }),
      last_updated: iso(lastUpdatedMs),
    })),
    version_patient: resources.map(({ id }) => ({
      ...key(id),
      version_id: 'v',
      patient: '1',
      role: 'subject',
    })),
    person_link: ['1', 'linked'].map((patient) => ({
      tenant: 't0',
      patient,
      person: PERSON,
      grade: 'certain',
      from_time: '-infinity',
      record_id: RECORD,
      mac: '\\x',
    })),
    consent_rule: [
      {
        tenant: 't0',
        consent: 'c',
        ordinal: 0,
        person: PERSON,
        kind: 'permit',
        effect: 'permit',
        actors: ['client:a'],
        period_from: '-infinity',
        period_to: 'infinity',
        window_from: '-infinity',
        window_to: 'infinity',
        valid_from: '-infinity',
        valid_to: 'infinity',
        from_position: 1,
        mac: '\\x',
      },
    ],
    consent_rule_actor: [{ tenant: 't0', actor: 'client:a', person: PERSON, consent: 'c' }],
    index_token: all(
      (own) => own.token,
      (row) => ({ ...row }),
    ),
    index_string: all(
      (own) => own.string,
      (row) => ({ ...row }),
    ),
    index_reference: all(
      (own) => own.reference,
      // what names the patient stands where the store keeps it
      ({ param: name, targetType, targetId, url }) => ({
        param: name === 'patient' ? 'subject' : name,
        target_type: targetType,
        target_id: targetId,
        url,
      }),
    ),
    index_date: all(
      (own) => own.date,
      ({ param: name, lo, hi }) => ({ param: name, lo: iso(lo), hi: iso(hi) }),
    ),
    index_number: all(
      (own) => own.number,
      (row) => ({ ...row }),
    ),
    index_quantity: all(
      (own) => own.quantity,
      (row) => ({ ...row }),
    ),
    index_uri: all(
      (own) => own.uri,
      (row) => ({ ...row }),
    ),
  };
}

describe('criteria, as SQL and in memory', () => {
  let store: SmallStore;
  const find = async (request: SearchRequest, predicate = everything): Promise<readonly unknown[]> => {
    const found = await store.run(compileSearch(request, predicate, { after: undefined }));
    return found.map((row) => row['id']).filter((id) => id !== null);
  };

  beforeAll(async () => {
    store = await openSmallStore();
    for (const [table, list] of Object.entries(rowsOf())) await store.insert(table, list);
    await store.analyze();
  }, 120_000);
  afterAll(() => store.close());

  it('find the same', async () => {
    const samples = fc.sample(fc.array(criterion, { minLength: 1, maxLength: 2 }), {
      numRuns: 600,
      seed: SEED,
    });
    let hits = 0;
    for (const criteria of samples) {
      const expected = resources.filter((one) => fitsCriteria(criteria, one.rows)).map((one) => one.id);
      expect([criteria, await find(searchOf(criteria))]).toEqual([criteria, expected]);
      hits += expected.length;
    }
    expect(hits).toBeGreaterThan(1000);
  }, 120_000);

  it('find the same as terms of granular scopes, which are a union', async () => {
    const samples = fc.sample(fc.tuple(criterion, criterion), { numRuns: 150, seed: SEED });
    for (const [one, other] of samples) {
      const scopes = [one, other].map((criteria) => ({ type: 'Basic', criteria: [criteria] }));
      const expected = resources.filter(
        (item) => fitsCriteria([one], item.rows) || fitsCriteria([other], item.rows),
      );
      expect(await find(searchOf([]), { ...everything, scopes })).toEqual(expected.map((item) => item.id));
    }
    expect(await find(searchOf([]), { ...everything, scopes: [{ type: 'Patient', criteria: [] }] })).toEqual(
      [],
    );
  }, 120_000);

  it('take a patient for the person, with all her linked records', async () => {
    const own = await find(searchOf([patientOf('1')]));
    expect(own.length).toBeGreaterThan(0);
    expect(await find(searchOf([patientOf('linked')]))).toEqual(own);
    expect(await find(searchOf([patientOf('stranger')]))).toEqual([]);
    expect(isGranular(patientOf('1'))).toBe(false);
  });

  it('take a patient who is merely mentioned for that one record, so that no link is told', async () => {
    expect((await find(searchOf([patientOf('1', 'q')]))).length).toBeGreaterThan(0);
    expect(await find(searchOf([patientOf('linked', 'q')]))).toEqual([]);
  });

  it.each([
    ['eq', [3, 4]],
    ['lt', [0, 1, 2]],
    ['le', [0, 1, 2, 3, 4]],
    ['sa', [5, 6]],
    ['ne', [0, 1, 2, 5, 6]],
  ] as const)('compare the time of change by %s, an instant against a span', async (asked, places) => {
    const times = { lo: iso(UPDATED + 3000), hi: iso(UPDATED + 5000) };
    const changed: Criterion = {
      param: '_lastUpdated',
      modifier: undefined,
      values: [{ kind: 'date', prefix: asked, ...times }],
    };
    const early = resources
      .slice(0, 7)
      .map(({ id }): SearchValue => ({ kind: 'token', system: undefined, code: id }));
    const found = await find(searchOf([changed, { param: '_id', modifier: undefined, values: early }]));
    expect(found).toEqual(places.map((place) => resources[place]?.id));
  });

  it('send hostile text as a value', async () => {
    const hostile = "'; drop table resource_version; --";
    const request = searchOf([
      { param: hostile, modifier: undefined, values: [{ kind: 'string', text: hostile }] },
    ]);
    expect(compileSearch(request, everything, { after: undefined }).text).not.toContain('drop table');
    expect(await find(request)).toEqual([]);
  });
});
