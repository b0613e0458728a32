import { EXTENSION } from '../datatypes/extensions.js';
import type { Condition, Row } from '../engine/map.js';

const FHIR = 'http://hl7.org/fhir/StructureDefinition';
const SUB_ID = `${FHIR}/observation-v2-subid`;
const V2 = 'http://terminology.hl7.org/CodeSystem';
const ABSENT_REASON = `${V2}/data-absent-reason`;

/** Several values in one OBX are components; those of NA are one series. */
const isRepeated: Condition = { all: [{ repeats: ['OBX-5', 1] }, { not: { equals: ['OBX-2', 'NA'] } }] };
const hasParts: Condition = { any: ['OBX-4.2', 'OBX-4.3', 'OBX-4.4'].map((valued) => ({ valued })) };

/** OBX-4: a plain sub-id, or an OG of its parts. */
const SUB_IDENTIFIER: readonly Row[] = [
  {
    from: 'OBX-4',
    to: `extension(${SUB_ID})`,
    rows: [
      { from: '.1', to: 'extension(original-sub-identifier).valueString' },
      { from: '.2', to: 'extension(group).valueDecimal', as: 'NM[decimal]', when: hasParts },
      { from: '.3', to: 'extension(sequence).valueDecimal', as: 'NM[decimal]', when: hasParts },
      { from: '.4', to: 'extension(identifier).valueString', when: hasParts },
    ],
  },
];

/** Statuses that R4 has no word of its own for: kept beside the one they become. */
const STATUS: readonly Row[] = [
  { from: 'OBX-11', to: 'status', as: 'ID[code]', codes: 'ObservationStatus', table: '0085' },
  {
    from: 'OBX-11',
    to: `_status.extension(${EXTENSION.alternateCodes}).valueCodeableConcept.coding[]`,
    rows: [
      { from: '', to: 'system', value: `${V2}/v2-0085` },
      { from: '', to: 'code' },
    ],
    when: { equals: ['OBX-11', 'B', 'I', 'N', 'O', 'R', 'S', 'U', 'V', 'X'] },
  },
  {
    from: 'OBX-11',
    to: 'dataAbsentReason.coding[]',
    value: { system: ABSENT_REASON, code: 'not-asked', display: 'Not Asked' },
    when: { all: [{ equals: ['OBX-11', 'N'] }, { not: { valued: 'OBX-5' } }] },
  },
  {
    from: 'OBX-11',
    to: 'dataAbsentReason.coding[]',
    value: { system: ABSENT_REASON, code: 'unknown', display: 'Unknown' },
    when: { all: [{ equals: ['OBX-11', 'X'] }, { not: { valued: 'OBX-5' } }] },
  },
];

/** Who and what made the observation. */
const PERFORMERS: readonly Row[] = [
  { from: 'OBX-16', to: 'performer[]', as: 'XCN[PractitionerRole-responsibleObserver]' },
  { from: 'OBX-15', to: 'performer[]', as: 'CWE[Organization]' },
  { from: 'OBX-23', to: 'performer[]', as: 'XON[PerformingOrganization]' },
  {
    from: 'OBX-25',
    to: 'performer[]',
    as: 'XCN[PractitionerRole-medicalDirector]',
    when: { not: { valued: 'OBX-23' } },
  },
  { from: 'OBX-18', to: 'device', as: 'EI[Device]' },
];

/** OBX → Observation. */
export const OBX_OBSERVATION: readonly Row[] = [
  {
    from: 'OBX-21',
    to: 'identifier[]',
    as: 'EI[Identifier-Filler]',
  },
  ...STATUS,
  {
    from: 'OBX-29',
    to: 'category[].coding[]',
    rows: [
      { from: '', to: 'system', value: `${V2}/v2-0936` },
      { from: '', to: 'code' },
    ],
  },
  { from: 'OBX-3', to: 'code', as: 'CWE[CodeableConcept]' },
  ...SUB_IDENTIFIER,
  { from: 'OBX-14', to: 'effectiveDateTime', as: 'DTM[dateTime]' },
  {
    from: 'OBX-19',
    to: `extension(${FHIR}/observation-analysis-date-time).valueDateTime`,
    as: 'DTM[dateTime]',
  },
  { from: 'OBX-5', to: '', as: 'varies[value]', when: { not: isRepeated } },
  {
    from: 'OBX-5',
    to: 'component[]',
    rows: [
      { from: 'OBX-3', to: 'code', as: 'CWE[CodeableConcept]' },
      { from: '', to: '', as: 'varies[value]' },
    ],
    when: isRepeated,
  },
  { from: 'OBX-7', to: 'referenceRange[]', as: 'ST[ReferenceRange]' },
  {
    from: 'OBX-8',
    to: 'interpretation[]',
    as: 'CWE[CodeableConcept]',
    codes: 'InterpretationCodes',
    table: '0078',
  },
  {
    from: 'OBX-10',
    to: `extension[](${FHIR}/observation-nature-of-abnormal-test).valueCodeableConcept`,
    as: 'ID[CodeableConcept]',
    codes: 'NatureOfAbnormalTesting',
    table: '0080',
  },
  ...PERFORMERS,
  { from: 'OBX-17', to: 'method', as: 'CWE[CodeableConcept]' },
  { from: 'OBX-20', to: 'bodySite', as: 'CWE[CodeableConcept]' },
  {
    from: 'OBX-30',
    to: `extension(${FHIR}/observation-structure-type).valueCodeableConcept.coding[]`,
    rows: [
      { from: '', to: 'system', value: `${V2}/v2-0937` },
      { from: '', to: 'code' },
    ],
  },
];

/** A question that was asked with an order, or another information about it: no result of its own. */
export const isAnswer: Condition = { equals: ['OBX-29', 'QST', 'SCI'] };
