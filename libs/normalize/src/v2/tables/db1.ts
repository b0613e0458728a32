import type { SegmentMap } from '../engine/map.js';

/** DB1 → Patient: the number of a disabled patient. */
export const DB1_PATIENT: SegmentMap = {
  segment: 'DB1',
  when: { equals: ['DB1-2', 'PT'] },
  rows: [{ from: 'DB1-3', to: 'identifier[]', as: 'CX[Identifier]' }],
};
