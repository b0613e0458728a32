import type { Row } from '../engine/map.js';

/** NTE → `note` of the resource whose segment it follows. */
export const NTE_NOTE: readonly Row[] = [
  {
    from: 'NTE',
    to: 'note[]',
    rows: [
      { from: 'NTE-3', to: 'text', as: 'FT[lines]' },
      { from: 'NTE-5', to: 'authorReference', as: 'XCN[Practitioner]' },
      { from: 'NTE-6', to: 'time', as: 'DTM[dateTime]' },
    ],
  },
];
