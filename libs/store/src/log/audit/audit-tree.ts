import type { Pool } from 'pg';
import {
  appendLeaves,
  EMPTY_FRONTIER,
  type Frontier,
  frontierRoot,
  hashLeaf,
  isSignedByGateway,
  type Policy,
  sameBytes,
  TILE_HEIGHT,
  TILE_WIDTH,
} from '#provenance';
import type { HeadRow } from '../head-row.js';
import { splitHashes } from '../stored-tiles.js';
import type { AuditFinding } from './finding.js';

const WIDTH = BigInt(TILE_WIDTH);

/** What the leaves are checked against. */
export interface TreeAudit {
  readonly pool: Pool;
  readonly tenant: string;
  readonly policy: Policy;
  readonly head: HeadRow;
}

/** Every leaf against its tile and its gateway's signature, every tile against the leaves, the root against the head. */
export async function auditTree(audit: TreeAudit): Promise<readonly AuditFinding[]> {
  const walk = new TreeWalk(audit);
  for (let from = 0n; from < audit.head.size; from += WIDTH) await walk.tile(from);
  return [...walk.findings(), ...(await beyondHead(audit))];
}

/** Rows that no head counts. */
async function beyondHead({ pool, tenant, head }: TreeAudit): Promise<readonly AuditFinding[]> {
  const { rows } = await pool.query<{ idx: bigint }>(
    'select idx from log_leaf where tenant = $1 and (idx >= $2 or idx < 0) order by idx limit 1000',
    [tenant, head.size],
  );
  return rows.map(({ idx }) => ({ kind: 'leaf-inserted', index: idx }));
}

class TreeWalk {
  readonly #audit: TreeAudit;
  readonly #leafFindings: AuditFinding[] = [];
  readonly #tileFindings: AuditFinding[] = [];
  #frontier: Frontier = EMPTY_FRONTIER;

  constructor(audit: TreeAudit) {
    this.#audit = audit;
  }

  /** Checks the leaves [from, from + 256) and the tiles that they complete. */
  async tile(from: bigint): Promise<void> {
    const { size } = this.#audit.head;
    const to = from + WIDTH < size ? from + WIDTH : size;
    const entries = await this.#entries(from, to);
    const stored = await this.#storedTile(0, from / WIDTH);
    const leaves = [];
    for (let index = from; index < to; index++) {
      const entry = entries.get(index);
      const expected = stored[Number(index - from)];
      this.#leaf(index, entry, expected);
      leaves.push(entry === undefined ? (expected ?? new Uint8Array(32)) : hashLeaf(entry));
    }
    const full: { level: number; index: bigint; hash: Uint8Array }[] = [];
    this.#frontier = appendLeaves(this.#frontier, leaves, (height, index, hash) => {
      if (height > 0 && height % TILE_HEIGHT === 0) full.push({ level: height / TILE_HEIGHT, index, hash });
    });
    if (to - from === WIDTH && !sameBytes(Buffer.concat(stored), Buffer.concat(leaves))) {
      this.#tileFindings.push({ kind: 'tile-altered', level: 0, index: from / WIDTH });
    }
    for (const node of full) await this.#node(node);
  }

  /**
   * Leaves first where the root is wrong, else tiles: the signed root tells which of the two was changed.
   */
  findings(): readonly AuditFinding[] {
    const { size, root } = this.#audit.head;
    const fits = sameBytes(frontierRoot(this.#frontier), root);
    const kept = fits ? this.#tileFindings : [];
    const mismatch: AuditFinding[] = fits ? [] : [{ kind: 'root-mismatch', size }];
    const leaves = this.#leafFindings.filter(({ kind }) => !fits || kind === 'entry-signature-invalid');
    return [...mismatch, ...leaves, ...kept];
  }

  #leaf(index: bigint, entry: Uint8Array | undefined, expected: Uint8Array | undefined): void {
    if (entry === undefined) {
      this.#leafFindings.push({ kind: 'leaf-missing', index });
      return;
    }
    const signed = isSignedByGateway(entry, this.#audit.head.origin, this.#audit.policy) === true;
    const placed = expected === undefined || sameBytes(hashLeaf(entry), expected);
    if (placed && signed) return;
    // A genuine entry at another's place was moved there.
    if (signed) this.#leafFindings.push({ kind: 'leaf-swapped', index });
    else this.#leafFindings.push({ kind: placed ? 'entry-signature-invalid' : 'leaf-altered', index });
  }

  /** A hash of a higher tile against the tile below it. */
  async #node({ level, index, hash }: { level: number; index: bigint; hash: Uint8Array }): Promise<void> {
    const tile = await this.#storedTile(level, index / WIDTH);
    const stored = tile[Number(index % WIDTH)];
    if (stored !== undefined && sameBytes(stored, hash)) return;
    const finding = { kind: 'tile-altered', level, index: index / WIDTH } as const;
    const known = this.#tileFindings.some(
      (each) => each.kind === 'tile-altered' && each.level === level && each.index === finding.index,
    );
    if (!known) this.#tileFindings.push(finding);
  }

  async #entries(from: bigint, to: bigint): Promise<ReadonlyMap<bigint, Uint8Array>> {
    const { rows } = await this.#audit.pool.query<{ idx: bigint; entry: Buffer }>(
      'select idx, entry from log_leaf where tenant = $1 and idx >= $2 and idx < $3',
      [this.#audit.tenant, from, to],
    );
    return new Map(rows.map(({ idx, entry }) => [idx, entry]));
  }

  async #storedTile(level: number, index: bigint): Promise<readonly Uint8Array[]> {
    const { rows } = await this.#audit.pool.query<{ hashes: Buffer }>(
      'select hashes from log_tile where tenant = $1 and level = $2 and idx = $3',
      [this.#audit.tenant, level, index],
    );
    return splitHashes(rows[0]?.hashes ?? new Uint8Array());
  }
}
