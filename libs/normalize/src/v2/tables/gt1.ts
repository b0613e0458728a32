import type { Condition, Row, SegmentMap } from '../engine/map.js';

/** The guarantor is the patient: table 0063. */
export const isGuarantorSelf: Condition = { equals: ['GT1-11.1', 'SEL', 'SLF', 'SELF'] };

const PERSON: readonly Row[] = [
  { from: 'GT1-2', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'GT1-12', to: 'identifier[]', as: 'ST[Identifier-SSN]' },
  { from: 'GT1-19', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'GT1-3', to: 'name[]', as: 'XPN[HumanName]' },
  { from: 'GT1-6', to: 'telecom[]', as: 'XTN[ContactPoint-home]' },
  { from: 'GT1-7', to: 'telecom[]', as: 'XTN[ContactPoint-work]' },
  { from: 'GT1-8', to: 'birthDate', as: 'DTM[date]' },
  { from: 'GT1-9', to: 'gender', as: 'CWE[code]', codes: 'AdministrativeSex', table: '0001' },
  { from: 'GT1-5', to: 'address[]', as: 'XAD[Address]' },
  {
    from: 'GT1-36',
    to: 'communication[].language',
    as: 'CWE[CodeableConcept]',
    codes: 'PrimaryLanguage',
    table: '0296',
  },
];

/** GT1 → RelatedPerson. */
export const GT1_RELATED_PERSON: SegmentMap = {
  segment: 'GT1',
  rows: [
    ...PERSON,
    {
      from: 'GT1-11',
      to: 'relationship[]',
      as: 'CWE[CodeableConcept]',
      codes: 'Relationship',
      table: '0063',
    },
    { from: 'GT1-13', to: 'period.start', as: 'DTM[dateTime]' },
    { from: 'GT1-14', to: 'period.end', as: 'DTM[dateTime]' },
  ],
};

/** GT1 → Patient, where patients answer for themselves. */
export const GT1_PATIENT: SegmentMap = { segment: 'GT1', when: isGuarantorSelf, rows: PERSON };

/** GT1 → Account.guarantor, beside the reference to the guarantor. */
export const GT1_ACCOUNT: SegmentMap = {
  segment: 'GT1',
  rows: [
    { from: 'GT1-13', to: 'guarantor[last].period.start', as: 'DTM[dateTime]' },
    { from: 'GT1-14', to: 'guarantor[last].period.end', as: 'DTM[dateTime]' },
  ],
};
