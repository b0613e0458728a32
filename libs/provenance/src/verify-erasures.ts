import { GatewayError } from '#outcome';
import { fromHex, parseStrict } from '#digest';
import type { Bundle, ErasedPart, ErasureNotice } from './bundle.js';
import { check, failed, skipped, type Check } from './check.js';
import { commitGroup } from './commitment.js';
import { decodeEntry } from './entry.js';
import { erasedLeaf } from './erased-tree.js';
import { JsonFields } from './json-fields.js';
import { isEntryOf, type Place } from './place.js';
import { ENTRY_CLASS } from './record.js';
import { sameBytes } from './tree-hash.js';
import { verifyInclusion } from './verify-proof.js';

/** Says of each erased part that nothing of it is shown; that the notice exists is checked apart. */
export function checkErased(bundle: Bundle): Check[] {
  return bundle.erased.map(({ part }) => {
    const shown = bundle.openings.some(({ group }) => group.startsWith(`${part}/`));
    return shown
      ? failed(`opening:${part}`, 'said to be erased, but shown')
      : skipped(`opening:${part}`, 'erased: the commitment stands, its opening is destroyed');
  });
}

/** Checks the erasure notice of each erased part, where one is given. */
export function checkErasures({ erased }: Bundle, place: Place): Check[] {
  return erased.map((part) => checkErasure(part, place));
}

function checkErasure({ part, notice }: ErasedPart, place: Place): Check {
  const name = `erasure:${part}`;
  if (notice === undefined) return skipped(name, 'no erasure notice is given');
  const holds = isEntryOf(notice, ENTRY_CLASS.erasure, place) && names(notice, place.index);
  return check(name, holds, {
    ok: `entry ${notice.index} says that it was erased`,
    failed: 'the notice is not in this log, or does not name this record',
  });
}

function names({ entry, salt, bytes, position, memberPath }: ErasureNotice, index: bigint): boolean {
  const committed = decodeEntry(entry)?.commitments[0];
  if (committed === undefined || !sameBytes(committed, commitGroup(0, salt, bytes))) return false;
  try {
    const erased = new JsonFields(parseStrict(bytes), 'op').optional('erased');
    if (erased === undefined) return false;
    const root = fromHex(erased.text('root'));
    const size = BigInt(erased.number('count'));
    return verifyInclusion({ leaf: erasedLeaf(index), index: position, size, root }, memberPath);
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}
