import { EXTENSION } from '../datatypes/extensions.js';
import type { Condition, Row, SegmentMap } from '../engine/map.js';

const COST = 'http://terminology.hl7.org/CodeSystem/coverage-copay-type';
const CLASS = 'http://terminology.hl7.org/CodeSystem/coverage-class';

/** The insured is the patient: table 0063. */
export const isInsuredSelf: Condition = { equals: ['IN1-17.1', 'SEL', 'SLF', 'SELF', 'patient'] };

/** IN1 → Coverage. */
export const IN1_COVERAGE: SegmentMap = {
  segment: 'IN1',
  rows: [
    { from: 'IN1-2', to: 'identifier[]', as: 'CWE[Identifier]' },
    { from: 'IN1-54', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'IN1-15', to: 'type', as: 'CWE[CodeableConcept]', codes: 'PlanId', table: '0086' },
    { from: 'IN1-49', to: `extension[](${EXTENSION.subscriberId}).valueIdentifier`, as: 'CX[Identifier]' },
    {
      from: 'IN1-10',
      to: `extension[](${EXTENSION.subscriberId}).valueIdentifier`,
      as: 'CX[Identifier]',
      when: { equals: ['IN1-10.5', 'SN'] },
    },
    { from: 'IN1-49.1', to: 'subscriberId' },
    { from: 'IN1-36', to: 'identifier[]', as: 'ST[Identifier]' },
    { from: 'IN1-11', to: 'policyHolder', as: 'XON[Organization-employer]' },
    { from: 'IN1-17', to: 'relationship', as: 'CWE[CodeableConcept]', codes: 'Relationship', table: '0063' },
    { from: 'IN1-12', to: 'period.start', as: 'DTM[dateTime]' },
    { from: 'IN1-13', to: 'period.end', as: 'DTM[dateTime]' },
    {
      from: 'IN1-8',
      to: 'class[]',
      rows: [
        { from: '', to: 'type', value: { coding: [{ system: CLASS, code: 'group' }] } },
        { from: '', to: 'value' },
        { from: 'IN1-9.1', to: 'name' },
      ],
    },
    {
      from: 'IN1-2',
      to: 'class[]',
      rows: [
        { from: '', to: 'type', value: { coding: [{ system: CLASS, code: 'plan' }] } },
        { from: '.1', to: 'value' },
        { from: '.2', to: 'name' },
      ],
    },
    {
      from: 'IN1-37',
      to: 'costToBeneficiary[]',
      rows: [
        { from: '', to: 'type', value: { coding: [{ system: COST, code: 'deductible' }] } },
        { from: '', to: 'valueMoney', as: 'CP[Money]' },
      ],
    },
    { from: 'IN1-22', to: 'order', as: 'NM[rank]' },
  ],
};

/** IN1 → Organization, the insurer. */
export const IN1_PAYER: SegmentMap = {
  segment: 'IN1',
  rows: [
    { from: 'IN1-3', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'IN1-4', to: '', as: 'XON[Organization-parts]' },
    { from: 'IN1-7', to: 'telecom[]', as: 'XTN[ContactPoint]' },
    { from: 'IN1-5', to: 'address[]', as: 'XAD[Address]' },
    { from: 'IN1-6', to: 'contact[].name', as: 'XPN[HumanName-single]' },
  ],
};

/** IN1 → RelatedPerson, the insured. */
export const IN1_SUBSCRIBER: SegmentMap = {
  segment: 'IN1',
  rows: [
    { from: 'IN1-49', to: 'identifier[]', as: 'CX[Identifier]' },
    {
      from: 'IN1-17',
      to: 'relationship[]',
      as: 'CWE[CodeableConcept]',
      codes: 'Relationship',
      table: '0063',
    },
    { from: 'IN1-16', to: 'name[]', as: 'XPN[HumanName]' },
    { from: 'IN1-43', to: 'gender', as: 'CWE[code]', codes: 'AdministrativeSex', table: '0001' },
    { from: 'IN1-18', to: 'birthDate', as: 'DTM[date]' },
    { from: 'IN1-19', to: 'address[]', as: 'XAD[Address]' },
  ],
};

/** Numbers of public programmes, which the insured has. */
const PROGRAMMES: readonly Row[] = [
  { from: 'IN2-6', to: 'identifier[]', as: 'ST[Identifier-MC]' },
  { from: 'IN2-8', to: 'identifier[]', as: 'ST[Identifier-MA]' },
  { from: 'IN2-10', to: 'identifier[]', as: 'ST[Identifier-MI]' },
];

/** IN2 → RelatedPerson, the insured. */
export const IN2_SUBSCRIBER: SegmentMap = {
  segment: 'IN2',
  rows: [
    { from: 'IN2-1', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'IN2-2', to: 'identifier[]', as: 'ST[Identifier-SSN]' },
    ...PROGRAMMES,
    {
      from: 'IN2-34',
      to: 'communication[].language',
      as: 'CWE[CodeableConcept]',
      codes: 'PrimaryLanguage',
      table: '0296',
    },
    { from: 'IN2-63', to: 'telecom[]', as: 'XTN[ContactPoint-home]' },
    { from: 'IN2-64', to: 'telecom[]', as: 'XTN[ContactPoint-work]' },
  ],
};

/** IN2 → Patient: the patient's own number as a member, and what patients have as the insured. */
export const IN2_PATIENT: readonly SegmentMap[] = [
  { segment: 'IN2', rows: [{ from: 'IN2-61', to: 'identifier[]', as: 'CX[Identifier]' }] },
  {
    segment: 'IN2',
    when: isInsuredSelf,
    rows: [...PROGRAMMES, { from: 'IN2-2', to: 'identifier[]', as: 'ST[Identifier-SSN]' }],
  },
];
