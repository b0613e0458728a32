import {
  hashLeaf,
  inclusionProof,
  isSignedByGateway,
  sameBytes,
  TILE_WIDTH,
  verifyInclusion,
} from '#provenance';
import { GatewayError } from '#outcome';
import { storedTiles } from '../stored-tiles.js';
import type { SampledLeafFinding, Snapshot } from './sample-options.js';

const WIDTH = BigInt(TILE_WIDTH);

/** Leaves by their numbers: there, signed by a gateway of the policy, those of their tiles, and included under the root. */
export async function sampleLeaves(
  snapshot: Snapshot,
  indexes: readonly bigint[],
): Promise<readonly SampledLeafFinding[]> {
  const { pool, tenant } = snapshot;
  const { rows } = await pool.query<{ idx: bigint; entry: Buffer }>(
    'select idx, entry from log_leaf where tenant = $1 and idx = any($2)',
    [tenant, indexes],
  );
  const entries = new Map(rows.map(({ idx, entry }) => [idx, entry]));
  const findings: SampledLeafFinding[] = [];
  for (const index of indexes) findings.push(...(await judgeLeaf(snapshot, index, entries.get(index))));
  // A leaf that is at fault itself takes its neighbours from under the root.
  return findings.length > 0 ? findings : notIncluded(snapshot, entries);
}

async function notIncluded(
  snapshot: Snapshot,
  entries: ReadonlyMap<bigint, Uint8Array>,
): Promise<readonly SampledLeafFinding[]> {
  const tiles = new Set<bigint>();
  for (const [index, entry] of entries) {
    const isKnown = tiles.has(index / WIDTH);
    if (!isKnown && !(await isIncluded(snapshot, index, hashLeaf(entry)))) tiles.add(index / WIDTH);
  }
  return [...tiles].map((tile) => ({ kind: 'tile-not-included', tile }));
}

async function judgeLeaf(
  snapshot: Snapshot,
  index: bigint,
  entry: Uint8Array | undefined,
): Promise<readonly SampledLeafFinding[]> {
  const { head, policy } = snapshot;
  if (entry === undefined) return [{ kind: 'leaf-missing', index }];
  const isSigned = isSignedByGateway(entry, head.origin, policy) === true;
  const isPlaced = await fitsTile(snapshot, index, hashLeaf(entry));
  // A genuine entry at another's place was moved there.
  if (isSigned && !isPlaced) return [{ kind: 'leaf-swapped', index }];
  if (isSigned) return [];
  return [{ kind: isPlaced ? 'entry-signature-invalid' : 'leaf-altered', index }];
}

/** Whether a leaf is the one that its full tile was made from; the open tile is made from the leaves. */
async function fitsTile({ pool, tenant, head }: Snapshot, index: bigint, leaf: Uint8Array): Promise<boolean> {
  const tile = index / WIDTH;
  if ((tile + 1n) * WIDTH > head.size) return true;
  const hashes = await storedTiles(pool, tenant)(0, tile, TILE_WIDTH);
  const kept = hashes[Number(index % WIDTH)];
  return kept !== undefined && sameBytes(kept, leaf);
}

async function isIncluded(
  { pool, tenant, head: { size, root } }: Snapshot,
  index: bigint,
  leaf: Uint8Array,
): Promise<boolean> {
  try {
    const proof = await inclusionProof(index, size, storedTiles(pool, tenant));
    return verifyInclusion({ leaf, index, size, root }, proof);
  } catch (cause) {
    if (cause instanceof GatewayError && cause.code === 'integrity-failure') return false;
    throw cause;
  }
}
