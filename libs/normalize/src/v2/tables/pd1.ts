import { EXTENSION } from '../datatypes/extensions.js';
import type { SegmentMap } from '../engine/map.js';

/** PD1 → Patient. */
export const PD1_PATIENT: SegmentMap = {
  segment: 'PD1',
  rows: [
    { from: 'PD1-3', to: 'generalPractitioner[]', as: 'XON[Organization]' },
    { from: 'PD1-4', to: 'generalPractitioner[]', as: 'XCN[Practitioner]' },
    {
      from: 'PD1-6',
      to: `extension(${EXTENSION.disability}).valueCodeableConcept`,
      as: 'CWE[CodeableConcept]',
    },
    { from: 'PD1-14', to: `extension(${EXTENSION.congregation}).valueString`, as: 'ID[text]' },
  ],
};

/** PD1-7 → Observation of the living will. */
export const PD1_LIVING_WILL: SegmentMap = {
  segment: 'PD1',
  rows: [
    { from: '', to: 'status', value: 'final' },
    { from: '', to: 'code', value: { coding: [{ system: 'http://loinc.org', code: '75320-2' }] } },
    {
      from: 'PD1-7',
      to: 'valueCodeableConcept',
      as: 'CWE[CodeableConcept]',
      codes: 'LivingWillCode',
      table: '0315',
    },
  ],
};
