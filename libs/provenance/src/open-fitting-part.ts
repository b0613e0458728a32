import type { SubEntryProof } from './bundle.js';
import { commitSubGroup } from './commitment.js';
import type { Entry } from './entry.js';
import { decodePart, openPart } from './part.js';
import type { OpenedGroup } from './ports.js';
import { Salts } from './salts.js';
import { checkOpenings } from './verify-openings.js';

/** A part as opened: its groups, and where its sub-entry stands below the entry. */
export interface FittingPart {
  readonly groups: readonly OpenedGroup[];
  /** One for a part `sub:<j>`, none for the others. */
  readonly subEntries: readonly SubEntryProof[];
}

/**
 * Opens a part of a record. The ciphertext's binding does not tell that it is genuine: whoever has a scope's key can seal
 * other bytes.
 *
 * @returns `undefined` where it is not the part of that name that the entry commits to
 * @throws GatewayError `integrity-failure` where the bytes are no part
 */
export function openFittingPart(entry: Entry, name: string, plain: Uint8Array): FittingPart | undefined {
  const groups = openPart(plain);
  const opened = { groups, subEntries: subEntriesOf(plain) };
  const isNamed = groups.every(({ group }) => group === name || group.startsWith(`${name}/`));
  const checks = checkOpenings({ openings: groups, subEntries: opened.subEntries }, entry);
  return isNamed && checks.every(({ state }) => state === 'ok') ? opened : undefined;
}

function subEntriesOf(plain: Uint8Array): readonly SubEntryProof[] {
  const part = decodePart(plain);
  if (part.kind === 'outer') return [];
  const salts = new Salts(part.recordKey);
  const commitments = part.groups.map((bytes, j) => commitSubGroup(j, salts.group(j), bytes));
  return [{ position: part.position, commitments, path: part.path }];
}
