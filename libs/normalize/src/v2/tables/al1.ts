import type { Row, SegmentMap } from '../engine/map.js';

const CLINICAL = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification';
const ACTIVE = { coding: [{ system: CLINICAL, code: 'active' }] };

/** Type, category, code, severity and reactions, which AL1 and IAM have in the same fields. */
function allergy(segment: 'AL1' | 'IAM'): readonly Row[] {
  return [
    { from: `${segment}-2`, to: 'type', as: 'CWE[code-known]', codes: 'AllergyType', table: '0127' },
    {
      from: `${segment}-2`,
      to: 'category[]',
      as: 'CWE[code-known]',
      codes: 'AllergenType[AllergyIntoleranceCategory]',
      table: '0127',
    },
    {
      from: `${segment}-2`,
      to: '_category[]',
      as: 'CWE[alternate-codes]',
      codes: 'AllergenType[AllergyIntoleranceOriginalCategory]',
      table: '0127',
    },
    { from: `${segment}-3`, to: 'code', as: 'CWE[CodeableConcept]' },
    {
      from: `${segment}-4`,
      to: 'criticality',
      as: 'CWE[code-known]',
      codes: 'AllergySeverity[AllergyIntolerance.criticality]',
      table: '0128',
    },
    {
      from: `${segment}-4`,
      to: '_criticality',
      as: 'CWE[alternate-codes]',
      codes: 'AllergySeverity[AllergyIntolerance.criticality-original]',
      table: '0128',
    },
    { from: `${segment}-5`, to: 'reaction[last].manifestation[]', as: 'CWE[CodeableConcept-text]' },
    {
      from: `${segment}-4`,
      to: 'reaction[last].severity',
      as: 'CWE[code-known]',
      codes: 'AllergySeverity[AllergyIntolerance.reaction.severity]',
      table: '0128',
      when: { valued: `${segment}-5` },
    },
  ];
}

/** AL1 → AllergyIntolerance. */
export const AL1_ALLERGY: SegmentMap = {
  segment: 'AL1',
  rows: [
    { from: '', to: 'clinicalStatus', value: ACTIVE },
    ...allergy('AL1'),
    { from: 'AL1-6', to: 'onsetDateTime', as: 'DTM[dateTime]' },
  ],
};

/** IAM → AllergyIntolerance. */
export const IAM_ALLERGY: SegmentMap = {
  segment: 'IAM',
  rows: [
    {
      from: 'IAM-6',
      to: 'verificationStatus',
      value: { coding: [{ system: VERIFICATION, code: 'entered-in-error' }] },
      when: { equals: ['IAM-6.1', 'D'] },
    },
    { from: 'IAM-17', to: 'clinicalStatus', as: 'CWE[CodeableConcept]' },
    {
      from: '',
      to: 'clinicalStatus',
      value: ACTIVE,
      when: { not: { any: [{ valued: 'IAM-17' }, { equals: ['IAM-6.1', 'D'] }] } },
    },
    ...allergy('IAM'),
    { from: 'IAM-7', to: 'identifier[]', as: 'EI[Identifier]' },
    { from: 'IAM-11', to: 'onsetDateTime', as: 'DTM[dateTime]' },
    { from: 'IAM-12', to: 'onsetString', when: { not: { valued: 'IAM-11' } } },
    { from: 'IAM-13', to: 'recordedDate', as: 'DTM[dateTime]' },
    { from: 'IAM-18', to: 'recorder', as: 'XCN[Practitioner]' },
  ],
};
