import type { Bundle, Opening, SubEntryProof } from './bundle.js';
import { check, failed, type Check } from './check.js';
import { commitGroup, commitSubGroup, hashSubEntry, OUTER_GROUPS, SUB_GROUPS } from './commitment.js';
import type { Entry } from './entry.js';
import { rootByPath } from './padded-tree.js';
import { HASH_BYTES, sameBytes } from './tree-hash.js';

const SUB_GROUP = /^sub:(0|[1-9]\d{0,9})\/([a-z]+)$/;
const MAX_PATH = 32;
const DETAIL = { ok: 'matches its commitment', failed: 'does not match its commitment' };

/** What of a bundle is shown: groups, and the sub-entries that they belong to. */
type Shown = Pick<Bundle, 'openings' | 'subEntries'>;

/** Checks each shown group and each sub-entry against the entry's commitments. */
export function checkOpenings(bundle: Shown, entry: Entry): Check[] {
  return [
    ...bundle.openings.map((opening) => checkOpening(opening, bundle, entry)),
    ...bundle.subEntries.map((sub) => checkSubEntry(sub, entry)),
  ];
}

function checkOpening(opening: Opening, bundle: Shown, entry: Entry): Check {
  const name = `opening:${opening.group}`;
  const [, position, group = ''] = SUB_GROUP.exec(opening.group) ?? [];
  const names: readonly string[] = position === undefined ? OUTER_GROUPS : SUB_GROUPS;
  const i = names.indexOf(position === undefined ? opening.group : group);
  if (i < 0 || opening.salt.length !== HASH_BYTES)
    return failed(name, 'no such group, or a salt of another length');
  if (position === undefined) {
    const actual = commitGroup(i, opening.salt, opening.bytes);
    return check(name, isAt(entry.commitments, i, actual), DETAIL);
  }
  const sub = bundle.subEntries.find((one) => one.position === Number(position));
  const actual = commitSubGroup(i, opening.salt, opening.bytes);
  return check(name, isAt(sub?.commitments ?? [], i, actual), DETAIL);
}

function isAt(commitments: readonly Uint8Array[], i: number, actual: Uint8Array): boolean {
  const expected = commitments[i];
  return expected !== undefined && sameBytes(expected, actual);
}

function checkSubEntry({ position, commitments, path }: SubEntryProof, entry: Entry): Check {
  const name = `sub-entry:${position}`;
  const hashes = [...commitments, ...path].every((hash) => hash.length === HASH_BYTES);
  const whole = hashes && commitments.length === SUB_GROUPS.length && path.length <= MAX_PATH;
  const root = whole ? rootByPath(hashSubEntry(commitments), position, path) : undefined;
  const holds = root !== undefined && sameBytes(root, entry.commitments[3]);
  return check(name, holds, { ok: 'is below the entry', failed: 'is not below the entry' });
}
