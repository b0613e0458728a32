import { EXTENSION } from '../datatypes/extensions.js';
import type { Condition, Row, SegmentMap } from '../engine/map.js';

/** Employers, an emergency's and other parties that are no relatives: they are contacts only. */
export const isContactOnly: Condition = { equals: ['NK1-3.1', 'EMR', 'E', 'F', 'I', 'S'] };

const TELECOMS: readonly Row[] = [
  { from: 'NK1-5', to: 'telecom[]', as: 'XTN[ContactPoint]' },
  { from: 'NK1-6', to: 'telecom[]', as: 'XTN[ContactPoint-work]' },
  { from: 'NK1-40', to: 'telecom[]', as: 'XTN[ContactPoint]' },
];

const RELATIONSHIPS: readonly Row[] = [
  { from: 'NK1-3', to: 'relationship[]', as: 'CWE[CodeableConcept]', codes: 'Relationship', table: '0063' },
  { from: 'NK1-7', to: 'relationship[]', as: 'CWE[CodeableConcept]', codes: 'ContactRole', table: '0131' },
];

/** NK1 → Patient.contact. */
export const NK1_CONTACT: SegmentMap = {
  segment: 'NK1',
  rows: [
    {
      from: 'NK1',
      to: 'contact[]',
      rows: [
        ...RELATIONSHIPS,
        { from: 'NK1-2', to: 'name', as: 'XPN[HumanName-single]' },
        ...TELECOMS,
        { from: 'NK1-4', to: 'address', as: 'XAD[Address]' },
        { from: 'NK1-15', to: 'gender', as: 'CWE[code]', codes: 'AdministrativeSex', table: '0001' },
        { from: 'NK1-13', to: 'organization', as: 'XON[Organization-NK1]' },
        { from: 'NK1-8', to: 'period.start', as: 'DTM[dateTime]' },
        { from: 'NK1-9', to: 'period.end', as: 'DTM[dateTime]' },
      ],
    },
  ],
};

/** NK1 → RelatedPerson. */
export const NK1_RELATED_PERSON: SegmentMap = {
  segment: 'NK1',
  rows: [
    { from: 'NK1-33', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'NK1-12', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'NK1-37', to: 'identifier[]', as: 'ST[Identifier-SSN]' },
    ...RELATIONSHIPS,
    { from: 'NK1-2', to: 'name[]', as: 'XPN[HumanName]' },
    { from: 'NK1-30', to: 'name[]', as: 'XPN[HumanName]' },
    ...TELECOMS,
    { from: 'NK1-31', to: 'telecom[]', as: 'XTN[ContactPoint]' },
    { from: 'NK1-41', to: 'telecom[]', as: 'XTN[ContactPoint]' },
    { from: 'NK1-15', to: 'gender', as: 'CWE[code]', codes: 'AdministrativeSex', table: '0001' },
    { from: 'NK1-16', to: 'birthDate', as: 'DTM[date]' },
    { from: 'NK1-4', to: 'address[]', as: 'XAD[Address]' },
    { from: 'NK1-32', to: 'address[]', as: 'XAD[Address]' },
    { from: 'NK1-8', to: 'period.start', as: 'DTM[dateTime]' },
    { from: 'NK1-9', to: 'period.end', as: 'DTM[dateTime]' },
    {
      from: 'NK1-20',
      to: 'communication[].language',
      as: 'CWE[CodeableConcept]',
      codes: 'PrimaryLanguage',
      table: '0296',
    },
    { from: 'NK1-28', to: `extension(${EXTENSION.ethnicity})`, as: 'CWE[ethnicity]', table: '0189' },
    { from: 'NK1-35', to: `extension(${EXTENSION.race})`, as: 'CWE[race]', table: '0005' },
  ],
};
