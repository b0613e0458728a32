import type { ReadResult } from '#store';
import type { Found } from '../exchange.js';

const NO_PAGE = { next: undefined, total: undefined } as const;

/** What a read gave, in the form that every query gives. */
export function foundOne(
  result: ReadResult,
): Pick<Found, 'rows' | 'next' | 'total' | 'owners' | 'sawPosition' | 'sawVersions'> {
  switch (result.kind) {
    case 'found':
      return {
        ...NO_PAGE,
        rows: [result.stored],
        owners: { persons: [] },
        sawPosition: result.sawPosition,
        sawVersions: result.sawVersions,
      };
    case 'absent':
      return {
        ...NO_PAGE,
        rows: [],
        owners: result.owners,
        sawPosition: result.sawPosition,
        sawVersions: new Map(),
      };
    default:
      return result satisfies never;
  }
}
