import type { Row, SegmentMap } from '../engine/map.js';

const IDENTITY: readonly Row[] = [
  { from: 'MRG-1', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'MRG-4', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'MRG-2', to: 'identifier[]', as: 'CX[Identifier]' },
  { from: 'MRG-7', to: 'name[]', as: 'XPN[HumanName]' },
];

/** MRG → Patient, the record that gives way. */
export const MRG_PATIENT: SegmentMap = {
  segment: 'MRG',
  rows: [{ from: '', to: 'active', value: false }, ...IDENTITY],
};

/** MRG → Patient, whom a visit or an account leaves. */
export const MRG_LEFT: SegmentMap = { segment: 'MRG', rows: IDENTITY };

/** MRG-3 → Account. */
export const MRG_ACCOUNT: SegmentMap = {
  segment: 'MRG',
  rows: [{ from: 'MRG-3', to: 'identifier[]', as: 'CX[Identifier]' }],
};
