import type { RowChange } from './change.js';

/** Whether a change says what was judged when it was planned: its record is refused where that changed meanwhile. */
export function isJudged({ kind }: RowChange): boolean {
  return kind === 'seen' || kind === 'rules-seen';
}
