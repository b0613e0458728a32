import { toHex } from '#digest';
import type { Bundle } from './bundle.js';
import { check, type Check } from './check.js';
import { isEntryOf, type Place } from './place.js';
import { ENTRY_CLASS } from './record.js';
import { hashLeaf } from './tree-hash.js';

/** Checks that each binding that a shown decision or subject names is an earlier class-07 entry of this log. */
export function checkBindings(bundle: Bundle, named: readonly string[], place: Place): Check[] {
  return named.map((leaf) => {
    const proof = bundle.bindings.find(({ entry }) => toHex(hashLeaf(entry)) === leaf);
    const holds =
      proof !== undefined && proof.index < place.index && isEntryOf(proof, ENTRY_CLASS.binding, place);
    return check(`binding:${leaf.slice(0, 16)}`, holds, {
      ok: `is entry ${proof?.index ?? ''}, before the record`,
      failed: 'no earlier entry of this log that binds person and subject',
    });
  });
}
