import { paddedWidth } from './padded-tree.js';
import type { Salts } from './salts.js';

/** The leaves of the tree of canon commitments: padding is derived from the record key, so that it need not be kept. */
export function padCanons(canons: readonly Uint8Array[], salts: Salts): Uint8Array[] {
  const leaves = [...canons];
  for (let k = canons.length; k < paddedWidth(canons.length); k += 1) leaves.push(salts.pad(k));
  return leaves;
}
