import type { RowChange } from '../change.js';
import type { Recorded } from './apply-context.js';

/** Tells whether a change is of one of the kinds. */
export function isKind<Kind extends RowChange['kind']>(...kinds: readonly Kind[]) {
  return (change: Recorded<RowChange>): change is Recorded<Extract<RowChange, { kind: Kind }>> =>
    kinds.some((kind) => kind === change.kind);
}
