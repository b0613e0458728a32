import fc from 'fast-check';
import { Decimal, type JsonObject, type JsonValue } from '#digest';
import { BEGINNING_MS, END_MS, isResourceType } from '#fhir';
import { exampleResource } from '../../fhir/src/testing/example-resource.js';
import { ACCESSORS } from './generated/accessors.js';
import { CANONICAL_UNITS, quantityQuery } from './index-quantities.js';
import { indexRows } from './index-resource.js';
import { foldText } from './index-text.js';

const UCUM = 'http://unitsofmeasure.org';
const observation = (more: JsonObject): JsonObject => ({ resourceType: 'Observation', ...more });
const of = (rows: readonly { readonly param: string }[], param: string) =>
  rows
    .filter((row) => row.param === param)
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'param')));

const subjectRows = (reference: string) =>
  of(indexRows(observation({ subject: { reference } })).reference, 'subject');

describe('indexRows', () => {
  it('gives a row for each coding, and none for a coding without a code', () => {
    const coding = [{ system: 'http://loinc.org', code: '2339-0' }, { code: 'GLU' }, { display: 'Glucose' }];
    expect(of(indexRows(observation({ code: { coding, text: 'x' } })).token, 'code')).toEqual([
      { system: 'http://loinc.org', code: '2339-0' },
      { system: '', code: 'GLU' },
    ]);
  });

  it('gives codes of required bindings, booleans and contacts an empty system', () => {
    const rows = indexRows({
      resourceType: 'Patient',
      active: true,
      gender: 'female',
      telecom: [
        { system: 'phone', value: '555' },
        { system: 'email', value: 'a@b.example' },
      ],
    }).token;
    expect(of(rows, 'active')).toEqual([{ system: '', code: 'true' }]);
    expect(of(rows, 'gender')).toEqual([{ system: '', code: 'female' }]);
    expect(of(rows, 'email')).toEqual([{ system: '', code: 'a@b.example' }]);
    expect(of(rows, 'telecom')).toHaveLength(2);
  });

  it.each<[JsonObject, string]>([
    [{}, 'false'],
    [{ deceasedBoolean: false }, 'false'],
    [{ deceasedBoolean: true }, 'true'],
    [{ deceasedDateTime: '2020' }, 'true'],
  ])('tells of %j that deceased is %s', (more, code) => {
    expect(of(indexRows({ resourceType: 'Patient', ...more }).token, 'deceased')).toEqual([
      { system: '', code },
    ]);
  });

  it('keeps names as written and folded, part by part', () => {
    const name = [{ family: 'Müller-Łódź', given: ['José', 'ÅSA'] }];
    const rows = indexRows({ resourceType: 'Patient', name }).string;
    expect(of(rows, 'family')).toEqual([{ exact: 'Müller-Łódź', folded: 'muller-łodz' }]);
    expect(of(rows, 'given').map((row) => row['folded'])).toEqual(['jose', 'asa']);
    expect(of(rows, 'name')).toHaveLength(3);
  });

  it('keeps ours apart from another server’s reference of the same id', () => {
    expect(subjectRows('Patient/1/_history/7')).toEqual([{ targetType: 'Patient', targetId: '1', url: '' }]);
    const url = 'https://other.example/fhir/Patient/1';
    expect(subjectRows(url)).toEqual([{ targetType: 'Patient', targetId: '', url }]);
    expect(subjectRows('urn:uuid:1')).toEqual([{ targetType: '', targetId: '', url: 'urn:uuid:1' }]);
    expect(subjectRows('#p')).toEqual([]);
  });

  it('gives patient rows for references to patients only', () => {
    const rows = indexRows(observation({ subject: { reference: 'Group/1' } })).reference;
    expect(of(rows, 'subject')).toHaveLength(1);
    expect(of(rows, 'patient')).toEqual([]);
  });

  it('makes no row of a logical reference', () => {
    expect(indexRows(observation({ subject: { identifier: { value: 'x' } } })).reference).toEqual([]);
  });

  it('finds a canonical with and without its version', () => {
    const questionnaire = 'http://example.org/Questionnaire/q|2';
    const rows = indexRows({ resourceType: 'QuestionnaireResponse', questionnaire }).reference;
    expect(of(rows, 'questionnaire').map((row) => row['url'])).toEqual([
      questionnaire,
      'http://example.org/Questionnaire/q',
    ]);
  });

  it.each<[JsonObject, string | number, string | number]>([
    [{ effectiveDateTime: '2020-02' }, '2020-02-01', '2020-03-01'],
    [{ effectiveDateTime: '2020-02-28' }, '2020-02-28', '2020-02-29'],
    [{ effectiveInstant: '2020-02-28T23:30:00.5-01:00' }, '2020-02-29T00:30:00.5Z', '2020-02-29T00:30:00.6Z'],
    [{ effectivePeriod: { start: '2020', end: '2020-03-04' } }, '2020-01-01', '2020-03-05'],
    [{ effectivePeriod: { start: '2020' } }, '2020-01-01', END_MS],
    [{ effectivePeriod: { end: '2020' } }, BEGINNING_MS, '2021-01-01'],
    [
      { effectiveTiming: { event: ['2020-05-05', '2020-01-01'], repeat: { count: 2 } } },
      '2020-01-01',
      '2020-05-06',
    ],
  ])('spans %j', (more, lo, hi) => {
    expect(of(indexRows(observation(more)).date, 'date')).toEqual([
      { lo: new Date(lo).getTime(), hi: new Date(hi).getTime() },
    ]);
  });

  it('makes no row of a date that does not exist, nor of a period that ends before it starts', () => {
    const dates: JsonObject[] = [
      { effectiveDateTime: '2021-02-29' },
      { effectivePeriod: { start: '2021', end: '2020' } },
      { effectivePeriod: { start: 'soon' } },
      { effectivePeriod: {} },
    ];
    expect(dates.map((more) => indexRows(observation(more)).date)).toEqual([[], [], [], []]);
  });

  it('reads decimals as kept, and gives canonical units beside the written ones', () => {
    const valueQuantity = { value: new Decimal('5.40'), unit: 'mg/dl', system: UCUM, code: 'mg/dL' };
    expect(of(indexRows(observation({ valueQuantity })).quantity, 'value-quantity')).toEqual([
      { lo: 5.4, hi: 5.4, system: UCUM, code: 'mg/dL' },
      { lo: 54, hi: 54, system: CANONICAL_UNITS, code: 'g.m-3' },
    ]);
  });

  it('opens the interval of a comparator, and takes ranges and money', () => {
    const below = observation({ valueQuantity: { value: 5, comparator: '<', unit: 'U' } });
    expect(of(indexRows(below).quantity, 'value-quantity')).toEqual([
      { lo: -Number.MAX_VALUE, hi: 5, system: '', code: 'U' },
    ]);
    const onsetRange = {
      low: { value: 3, system: UCUM, code: 'a' },
      high: { value: 4, system: UCUM, code: 'a' },
    };
    expect(of(indexRows({ resourceType: 'Condition', onsetRange }).quantity, 'onset-age')[0]).toEqual({
      lo: 3,
      hi: 4,
      system: UCUM,
      code: 'a',
    });
    const totalGross = { value: 9, currency: 'EUR' };
    expect(of(indexRows({ resourceType: 'Invoice', totalGross }).quantity, 'totalgross')).toEqual([
      { lo: 9, hi: 9, system: 'urn:iso:std:iso:4217', code: 'EUR' },
    ]);
  });

  it('makes a query in other units meet the row', () => {
    const value = {
      kind: 'quantity',
      prefix: 'eq',
      lo: 0.0535,
      hi: 0.0545,
      system: UCUM,
      code: 'g/L',
    } as const;
    expect(quantityQuery(value)).toEqual({ lo: 53.5, hi: 54.5, system: CANONICAL_UNITS, code: 'g.m-3' });
    expect(quantityQuery({ ...value, code: 'furlong' })).toMatchObject({ lo: 0.0535, code: 'furlong' });
  });

  it('says a value that two paths reach only once', () => {
    const code = { coding: [{ system: 's', code: 'c' }] };
    const rows = indexRows(observation({ code, component: [{ code }, { code }] })).token;
    expect(of(rows, 'combo-code')).toEqual([{ system: 's', code: 'c' }]);
  });

  it('leaves out what a database index could not hold, and cuts long strings', () => {
    const rows = indexRows({
      resourceType: 'Patient',
      identifier: [{ value: 'x'.repeat(401) }, { value: 'a\0b' }],
      name: [{ family: 'é'.repeat(5000) }],
    });
    expect(of(rows.token, 'identifier')).toEqual([]);
    expect(of(rows.string, 'family')[0]?.['folded']).toHaveLength(800);
  });

  it('refuses a resource with rows without end', () => {
    const member = Array.from({ length: 20_001 }, (_, at) => ({ entity: { reference: `Patient/${at}` } }));
    expect(() => indexRows({ resourceType: 'Group', member })).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    );
  });

  it('gives rows for an example of every type, all with values', () => {
    const without = Object.keys(ACCESSORS).filter((type) => {
      const rows = indexRows(exampleResource(type, 3));
      return ACCESSORS[type]?.length !== 0 && Object.values(rows).every((list) => list.length === 0);
    });
    expect(without).toEqual([]);
  });

  it('passes over any shape that is not expected', () => {
    const json = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<JsonValue>(null, true, 1, new Decimal('1.0'), 'x', '2020', 'Patient/1'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom('coding', 'reference', 'value', 'start', 'low', 'system'),
          tie('value'),
        ),
      ),
    })).value;
    const members = fc.constantFrom(
      'code',
      'subject',
      'effectivePeriod',
      'valueQuantity',
      'component',
      'status',
    );
    fc.assert(
      fc.property(fc.dictionary(members, json), (more) => {
        const rows = indexRows(observation(more));
        expect(rows.date.every(({ lo, hi }) => lo < hi)).toBe(true);
        expect(
          rows.reference.every(({ targetType }) => targetType === '' || isResourceType(targetType)),
        ).toBe(true);
      }),
    );
  });
});

describe('foldText', () => {
  it('is the same for every way to write a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        expect(foldText(text.normalize('NFC'))).toBe(foldText(text.normalize('NFD')));
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });
});
