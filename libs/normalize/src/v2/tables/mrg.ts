import type { SegmentMap } from '../engine/map.js';

/** MRG → Patient, the record that gives way. */
export const MRG_PATIENT: SegmentMap = {
  segment: 'MRG',
  rows: [
    { from: '', to: 'active', value: false },
    { from: 'MRG-1', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'MRG-4', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'MRG-2', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'MRG-7', to: 'name[]', as: 'XPN[HumanName]' },
  ],
};

/** MRG-3 → Account. */
export const MRG_ACCOUNT: SegmentMap = {
  segment: 'MRG',
  rows: [{ from: 'MRG-3', to: 'identifier[]', as: 'CX[Identifier]' }],
};

/** MRG-5 and MRG-6 → Encounter, the visit that gives way. */
export const MRG_ENCOUNTER: SegmentMap = {
  segment: 'MRG',
  rows: [
    { from: 'MRG-5', to: 'identifier[]', as: 'CX[Identifier]' },
    { from: 'MRG-6', to: 'identifier[]', as: 'CX[Identifier]' },
  ],
};
