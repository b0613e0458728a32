import { EXTENSION } from '../datatypes/extensions.js';
import type { SegmentMap } from '../engine/map.js';

const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/condition-category';

/** DG1 → Condition. */
export const DG1_CONDITION: SegmentMap = {
  segment: 'DG1',
  rows: [
    { from: 'DG1-20', to: 'identifier[]', as: 'EI[Identifier]' },
    {
      from: 'DG1-21',
      to: 'verificationStatus',
      value: { coding: [{ system: VERIFICATION, code: 'entered-in-error' }] },
      when: { equals: ['DG1-21', 'D'] },
    },
    {
      from: '',
      to: 'category[]',
      value: { coding: [{ system: CATEGORY, code: 'encounter-diagnosis' }] },
      when: { valued: 'PV1' },
    },
    { from: 'DG1-3', to: 'code', as: 'CWE[diagnosis]' },
    { from: 'DG1-4', to: 'code.text' },
    { from: 'DG1-5', to: 'onsetDateTime', as: 'DTM[dateTime]' },
    { from: 'DG1-16', to: 'asserter', as: 'XCN[Practitioner]' },
    { from: 'DG1-19', to: `extension(${EXTENSION.assertedDate}).valueDateTime`, as: 'DTM[dateTime]' },
    { from: 'DG1-19', to: 'recordedDate', as: 'DTM[dateTime]' },
    { from: 'DG1-22', to: `extension(${EXTENSION.dueTo}).valueReference.identifier`, as: 'EI[Identifier]' },
  ],
};

/** DG1 → Encounter.diagnosis, beside the reference to the Condition. */
export const DG1_ENCOUNTER: SegmentMap = {
  segment: 'DG1',
  rows: [
    {
      from: 'DG1-6',
      to: 'diagnosis[last].use',
      as: 'CWE[CodeableConcept]',
      codes: 'DiagnosisType',
      table: '0052',
    },
    { from: 'DG1-15', to: 'diagnosis[last].rank', as: 'NM[rank]' },
  ],
};

/** DG1 → EpisodeOfCare.diagnosis, beside the reference to the Condition. */
export const DG1_EPISODE: SegmentMap = {
  segment: 'DG1',
  rows: [
    {
      from: 'DG1-6',
      to: 'diagnosis[last].role',
      as: 'CWE[CodeableConcept]',
      codes: 'DiagnosisType',
      table: '0052',
    },
    { from: 'DG1-15', to: 'diagnosis[last].rank', as: 'NM[rank]' },
  ],
};
