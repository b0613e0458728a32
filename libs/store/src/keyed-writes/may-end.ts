import type { KeyedWriteEnd } from '../change.js';
import type { WriteState } from './keyed-write.js';

/**
 * Whether a write that is in this state may come to that end. What its source answered is for good. That a write was not made
 * is only what was found when its source was asked: an answer that comes later counts, or the same request would be sent again.
 */
export function mayEnd(before: WriteState, end: KeyedWriteEnd['state']): boolean {
  switch (before) {
    case 'open':
      return true;
    case 'unknown':
      return end !== 'unknown';
    case 'not-written':
      return end === 'done' || end === 'refused';
    case 'done':
    case 'refused':
      return false;
    default:
      return before satisfies never;
  }
}
