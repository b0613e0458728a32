import fc from 'fast-check';
import type { JsonObject } from '#digest';
import { SYSTEMS } from './code-systems.js';
import { factsOf } from './facts-of.js';
import { label } from './label.js';

const at = { source: 'northside', versionId: 'v1' };
const sensitive = (code: string): string => `${SYSTEMS.sensitivity}|${code}`;
const confidentiality = (code: string): string => `${SYSTEMS.confidentiality}|${code}`;
const concept = (system: string, code: string): JsonObject => ({ coding: [{ system, code }] });
const observation: JsonObject = {
  resourceType: 'Observation',
  id: 'o1',
  code: concept('http://loinc.org', '85354-9'),
  category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'vital-signs')],
  component: [{ code: concept('http://loinc.org', '8480-6') }],
  performer: [{ reference: 'Practitioner/dr' }, { display: 'somebody' }],
  encounter: { reference: 'Encounter/e1' },
  effectiveDateTime: '2026-01-02',
};

describe('factsOf', () => {
  it('reads codes, categories and components, authors, encounter and clinical time', () => {
    expect(factsOf(observation, at)).toEqual({
      type: 'Observation',
      id: 'o1',
      versionId: 'v1',
      codes: [
        'http://loinc.org|8480-6',
        'http://loinc.org|85354-9',
        'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs',
      ],
      labels: [confidentiality('N')],
      labelRules: 'proviso-2',
      targets: [],
      authors: ['Practitioner/dr'],
      related: ['Encounter/e1'],
      source: 'northside',
      time: { from: Date.UTC(2026, 0, 2), to: Date.UTC(2026, 0, 3) },
    });
  });

  it('says unknown for whatever a clinical resource does not tell', () => {
    expect(factsOf({ resourceType: 'Observation', id: 'o2' }, at)).toMatchObject({
      codes: ['?'],
      labels: ['?'],
      authors: ['?'],
      related: ['?'],
      time: null,
    });
  });

  it('takes a code that is only text, or a medication by reference, for unknown beside what is known', () => {
    const texted = { ...observation, code: { text: 'HIV test' }, component: undefined };
    expect(factsOf(texted, at).codes).toEqual(['?', expect.stringContaining('vital-signs')]);
    expect(factsOf(texted, at).labels).toEqual(['?']);
    const order = {
      resourceType: 'MedicationRequest',
      id: 'm',
      medicationReference: { reference: 'Medication/1' },
    };
    expect(factsOf(order, at)).toMatchObject({ codes: ['?'], labels: ['?'] });
  });

  it('knows that a Patient has no code, author or encounter', () => {
    expect(factsOf({ resourceType: 'Patient', id: 'p' }, at)).toMatchObject({
      codes: [],
      authors: [],
      related: [],
      labels: [confidentiality('N')],
    });
  });

  it('counts an encounter as related to itself', () => {
    expect(factsOf({ resourceType: 'Encounter', id: 'e1' }, at).related).toEqual(['Encounter/e1']);
  });

  it.each([
    [
      { effectivePeriod: { start: '2026-01-01', end: '2026-01-31' } },
      { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 1, 1) },
    ],
    [{ effectivePeriod: { start: '2026-01-01' } }, { from: Date.UTC(2026, 0, 1), to: Infinity }],
    [{ effectiveDateTime: 'yesterday' }, null],
    [{ effectivePeriod: { start: '2026-02-01', end: '2026-01-01' } }, null],
    [
      { effectiveDateTime: '2026-01-01T10:00:00+02:00' },
      { from: Date.UTC(2026, 0, 1, 8), to: Date.UTC(2026, 0, 1, 8, 0, 1) },
    ],
  ])('reads the clinical time of %j', (elements, time) => {
    expect(factsOf({ resourceType: 'Observation', id: 'o', ...elements }, at).time).toEqual(time);
  });
});

describe('label', () => {
  it.each([
    ['http://snomed.info/sct', '86406008', 'HIV'],
    ['http://loinc.org', '56888-1', 'HIV'],
    ['http://hl7.org/fhir/sid/icd-10-cm', 'F11.20', 'OPIOIDUD'],
    ['http://www.nlm.nih.gov/research/umls/rxnorm', '7243', 'ETHUD'],
    ['http://loinc.org', '44249-1', 'PSY'],
    ['http://hl7.org/fhir/sid/icd-10-cm', 'T74.11XA', 'SDV'],
    ['http://snomed.info/sct', '66214007', 'ETH'],
  ])('finds %s|%s sensitive as %s, and restricted', (system, code, expected) => {
    const { labels } = label({ resourceType: 'Observation', code: concept(system, code) });
    expect(labels).toEqual(expect.arrayContaining([confidentiality('R'), sensitive(expected)]));
  });

  it('finds a sensitive code however deep it lies, contained resources too', () => {
    const bury = (depth: number): JsonObject =>
      depth === 0
        ? concept('http://loinc.org', '56888-1')
        : { contained: [{ extension: [bury(depth - 1)] }] };
    fc.assert(
      fc.property(fc.nat(20), (depth) => {
        expect(label({ resourceType: 'List', ...bury(depth) }).labels).toContain(sensitive('HIV'));
      }),
    );
  });

  it('keeps what a source labelled, and never lowers it', () => {
    const security = [
      { system: SYSTEMS.confidentiality, code: 'V' },
      { system: SYSTEMS.sensitivity, code: 'PSY' },
    ];
    expect(label({ resourceType: 'Observation', meta: { security } }).labels).toEqual([
      sensitive('PSY'),
      confidentiality('V'),
    ]);
    const low = [{ system: SYSTEMS.confidentiality, code: 'U' }];
    expect(label({ resourceType: 'Observation', meta: { security: low } }).labels).toEqual([
      confidentiality('N'),
    ]);
  });
});
