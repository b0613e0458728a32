import { EXTENSION } from '../datatypes/extensions.js';
import type { Condition, SegmentMap } from '../engine/map.js';

const hasOneAddress: Condition = { not: { repeats: ['PID-11', 1] } };
const hasDistrict: Condition = { valued: 'PID-11.9' };
const hasAddress: Condition = { valued: 'PID-11' };

/** PID → Patient. */
export const PID_PATIENT: SegmentMap = {
  segment: 'PID',
  rows: [
    // A29 deletes a person: the record is kept, and is used no more.
    { from: '', to: 'active', value: false, when: { equals: ['MSH-9.2', 'A29'] } },
    { from: 'PID-3', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'PID-2', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'PID-4', to: 'identifier[]', as: 'CX[Identifier]' },
    {
      from: 'PID-19',
      to: 'identifier[]',
      as: 'ST[Identifier-SSN]',
      clears: 'identifier(http://hl7.org/fhir/sid/us-ssn)',
    },
    { from: 'PID-20', to: 'identifier[]', as: 'DLN[Identifier]' },
    { from: 'PID-5', to: 'name[]', as: 'XPN[HumanName]' },
    { from: 'PID-9', to: 'name[]', as: 'XPN[HumanName]' },
    { from: 'PID-6', to: `extension(${EXTENSION.mothersMaidenName}).valueString`, as: 'XPN[string]' },
    { from: 'PID-7', to: 'birthDate', as: 'DTM[date]' },
    {
      from: 'PID-7',
      to: `_birthDate.extension(${EXTENSION.birthTime}).valueDateTime`,
      as: 'DTM[instant]',
      when: { longer: ['PID-7', 8] },
    },
    { from: 'PID-8', to: 'gender', as: 'CWE[code]', codes: 'AdministrativeSex', table: '0001' },
    { from: 'PID-10', to: `extension(${EXTENSION.race})`, as: 'CWE[race]', table: '0005' },
    { from: 'PID-22', to: `extension(${EXTENSION.ethnicity})`, as: 'CWE[ethnicity]', table: '0189' },
    { from: 'PID-11', to: 'address[]', as: 'XAD[Address]', clears: 'address' },
    {
      from: 'PID-12',
      to: 'address[last].district',
      as: 'CWE[string]',
      when: { all: [hasOneAddress, { not: hasDistrict }] },
    },
    {
      from: 'PID-12',
      to: 'address[].district',
      as: 'CWE[string]',
      when: { all: [hasAddress, { any: [{ not: hasOneAddress }, hasDistrict] }] },
    },
    { from: 'PID-13', to: 'telecom[]', as: 'XTN[ContactPoint-home]', clears: 'telecom(home)' },
    { from: 'PID-14', to: 'telecom[]', as: 'XTN[ContactPoint-work]', clears: 'telecom(work)' },
    { from: 'PID-40', to: 'telecom[]', as: 'XTN[ContactPoint]' },
    {
      from: 'PID-15',
      to: 'communication[].language',
      as: 'CWE[CodeableConcept]',
      codes: 'PrimaryLanguage',
      table: '0296',
    },
    {
      from: 'PID-16',
      to: 'maritalStatus',
      as: 'CWE[CodeableConcept]',
      codes: 'MaritalStatus',
      table: '0002',
    },
    {
      from: 'PID-17',
      to: `extension(${EXTENSION.religion}).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
      codes: 'Religion',
      table: '0006',
    },
    { from: 'PID-23', to: `extension(${EXTENSION.birthPlace}).valueAddress`, as: 'ST[Address]' },
    { from: 'PID-25', to: 'multipleBirthInteger', as: 'NM[integer]' },
    { from: 'PID-24', to: 'multipleBirthBoolean', as: 'ID[boolean]', when: { not: { valued: 'PID-25' } } },
    {
      from: 'PID-26',
      to: `extension[](${EXTENSION.citizenship}).extension(code).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
    {
      from: 'PID-39',
      to: `extension[](${EXTENSION.citizenship}).extension(code).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
    {
      from: 'PID-28',
      to: `extension(${EXTENSION.nationality}).extension(code).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
    { from: 'PID-29', to: 'deceasedDateTime', as: 'DTM[dateTime]' },
    { from: 'PID-30', to: 'deceasedBoolean', as: 'ID[boolean]', when: { not: { valued: 'PID-29' } } },
    {
      from: 'PID-35',
      to: `extension(${EXTENSION.animal}).extension(species).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
    {
      from: 'PID-36',
      to: `extension(${EXTENSION.animal}).extension(breed).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
  ],
};

/** PID-18 → Account. */
export const PID_ACCOUNT: SegmentMap = {
  segment: 'PID',
  rows: [{ from: 'PID-18', to: 'identifier[]', as: 'CX[Identifier]' }],
};

/** PID-21 → RelatedPerson, the mother. */
export const PID_MOTHER: SegmentMap = {
  segment: 'PID',
  rows: [{ from: 'PID-21', to: 'identifier[]', as: 'CX[Identifier]' }],
};

/** PID-33 and PID-34 → Provenance of the patient's record. */
export const PID_PROVENANCE: SegmentMap = {
  segment: 'PID',
  rows: [
    {
      from: '',
      to: 'activity',
      value: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-DataOperation', code: 'UPDATE' }],
      },
    },
    { from: 'PID-33', to: 'occurredDateTime', as: 'DTM[dateTime]' },
    { from: 'PID-33', to: 'recorded', as: 'DTM[instant]' },
    {
      from: 'PID-34',
      to: 'agent[]',
      rows: [
        {
          from: '',
          to: 'type',
          value: {
            coding: [
              {
                system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type',
                code: 'performer',
              },
            ],
          },
        },
        { from: '', to: 'who', as: 'HD[Organization]' },
      ],
    },
  ],
};
