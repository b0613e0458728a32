import { check, ok, skipped, type Check } from './check.js';
import { ENTRY_BYTES } from './entry.js';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from './frontier.js';
import type { Policy } from './policy.js';
import { hashLeaf, sameBytes } from './tree-hash.js';
import { checkCheckpoint } from './verify-checkpoint.js';
import { isSignedByGateway } from './verify-entry.js';

/** The checks of a whole log; `valid` where none failed. */
export interface LogReport {
  readonly valid: boolean;
  /** Entries read. */
  readonly size: bigint;
  readonly root: Uint8Array;
  readonly checks: readonly Check[];
}

const MAX_NAMED = 10;

/**
 * Verifies a whole log: each entry's gateway signature, and that the entries are those of the checkpoint.
 *
 * @param entries All entries from index 0 on, in order.
 */
export async function verifyLog(
  entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  checkpoint: string,
  policy: Policy,
): Promise<LogReport> {
  const { head, checks } = checkCheckpoint(checkpoint, policy);
  let frontier = EMPTY_FRONTIER;
  const unsigned: bigint[] = [];
  const unknown: bigint[] = [];
  for await (const entry of entries) {
    const signed = head === undefined ? false : isSignedByGateway(entry, head.origin, policy);
    if (signed === false) unsigned.push(frontier.size);
    if (signed === undefined) unknown.push(frontier.size);
    frontier = appendLeaves(frontier, [hashLeaf(entry)]);
  }
  const { size } = frontier;
  const root = frontierRoot(frontier);
  const all = [
    ...checks,
    check('size', head?.size === size, {
      ok: `${size} entries`,
      failed: `${size} entries, not ${head?.size ?? '?'}`,
    }),
    check('root', head !== undefined && sameBytes(head.root, root), {
      ok: 'the entries give the signed root',
      failed: 'the entries do not give the signed root',
    }),
    check('gateway-signatures', unsigned.length === 0, {
      ok: 'each entry is signed by a gateway of the policy, for this log',
      failed: `not signed by a gateway of the policy: ${named(unsigned)}`,
    }),
    unknown.length === 0
      ? ok('versions', `each entry is of a known version, ${ENTRY_BYTES} bytes`)
      : skipped('versions', `contents unknown: ${named(unknown)}`),
  ];
  return { valid: all.every(({ state }) => state !== 'failed'), size, root, checks: all };
}

function named(indexes: readonly bigint[]): string {
  const more = indexes.length > MAX_NAMED ? ` and ${indexes.length - MAX_NAMED} more` : '';
  return `${indexes.slice(0, MAX_NAMED).join(', ')}${more}`;
}
