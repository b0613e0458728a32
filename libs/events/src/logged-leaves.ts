import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '#outcome';
import {
  checkCheckpoint,
  consistencyProof,
  HASH_BYTES,
  inclusionProof,
  type Policy,
  tilePath,
  TILE_WIDTH,
  type TileReader,
  type TreeHead,
  verifyConsistency,
  verifyInclusion,
} from '#provenance';

const FULL_TILES_MAX = 1_024;
const ANSWER_BYTES = 65_536;
/** A log publishes a checkpoint now and then: an event may be here before the one that covers it. */
const WAIT_MS = 15_000;
const STEP_MS = 250;

/** How the public side of a log is read. */
export type FetchLog = (path: string) => Promise<Uint8Array>;

/** Where a log is, and whom to trust about it. */
export interface LoggedLeavesOptions {
  /** Reads a path below the log's prefix; see `fetchLogFrom`. */
  readonly fetch: FetchLog;
  readonly origin: string;
  readonly policy: Policy;
  /** The newest head that was trusted before; a log that does not extend it is refused. */
  readonly trusted?: TreeHead;
  /** How long to wait for a checkpoint that covers a leaf. */
  readonly waitMs?: number;
}

/** Says whether a leaf is in a log, by signed checkpoints and the tiles below them; what it fetched it checks, and keeps. */
export class LoggedLeaves {
  readonly #options: LoggedLeavesOptions;
  readonly #full = new Map<string, readonly Uint8Array[]>();
  /** Tiles at the edge of the tree that the head is of. */
  #edge = new Map<string, readonly Uint8Array[]>();
  #head: TreeHead | undefined;

  constructor(options: LoggedLeavesOptions) {
    this.#options = options;
    this.#head = options.trusted;
  }

  /** The newest head that was trusted; whoever keeps it finds a log that was rolled back or forked meanwhile. */
  get head(): TreeHead | undefined {
    return this.#head;
  }

  /**
   * Whether `leaf` is at `index` of the log; waits for a checkpoint that covers it.
   * @throws GatewayError `source-unavailable` where the log does not answer; `integrity-failure` where its checkpoint is not signed by
   *   a key of the policy, or does not extend the one before, or a tile is too short. What came is not kept then: ask again
   */
  async has(index: bigint, leaf: Uint8Array): Promise<boolean> {
    const head = await this.#headBeyond(index);
    if (head === undefined) return false;
    const { size, root } = head;
    const path = await inclusionProof(index, size, this.#tiles(size, this.#edge));
    const isThere = verifyInclusion({ leaf, index, size, root }, path);
    // a tile that came broken must not be what the next look finds
    if (!isThere) this.#forget();
    return isThere;
  }

  #forget(): void {
    this.#full.clear();
    this.#edge = new Map();
  }

  /** `undefined` where no checkpoint came in time. */
  async #headBeyond(index: bigint): Promise<TreeHead | undefined> {
    const endMs = performance.now() + (this.#options.waitMs ?? WAIT_MS);
    while (this.#head === undefined || this.#head.size <= index) {
      // oxlint-disable no-await-in-loop -- one look after the other
      await this.#refresh();
      if (this.#head !== undefined && this.#head.size > index) break;
      if (performance.now() >= endMs) return undefined;
      await sleep(STEP_MS);
      // oxlint-enable no-await-in-loop
    }
    return this.#head;
  }

  async #refresh(): Promise<void> {
    const { fetch, origin, policy } = this.#options;
    const text = Buffer.from(await fetch('checkpoint')).toString('utf8');
    const { head, checks } = checkCheckpoint(text, policy);
    const isTrusted = head?.origin === origin && checks.every(({ state }) => state !== 'failed');
    if (head === undefined || !isTrusted) throw broken('checkpoint');
    const known = this.#head;
    if (known !== undefined && head.size < known.size) return;
    if (known !== undefined && known.size > 0n) await this.#demandGrowth(known, head);
    this.#edge = new Map();
    this.#head = head;
  }

  async #demandGrowth(known: TreeHead, head: TreeHead): Promise<void> {
    const proof = await consistencyProof(known.size, head.size, this.#tiles(head.size, new Map()));
    const claim = { size1: known.size, size2: head.size, root1: known.root, root2: head.root };
    if (verifyConsistency(claim, proof)) return;
    this.#forget();
    throw broken('consistency');
  }

  /** Full tiles never change; those at the edge of the tree are read once for each size. */
  #tiles(size: bigint, edge: Map<string, readonly Uint8Array[]>): TileReader {
    return async (level, index, width) => {
      const kept = width === TILE_WIDTH ? this.#full : edge;
      const path = tilePath({ level, index, width });
      const known = kept.get(path);
      if (known !== undefined) return known;
      const tile = hashesOf(await this.#options.fetch(path), size);
      // no proof can be made of it, and so none would tell that it must not be kept
      if (tile.length < width) throw broken(`tile ${level}/${index}`);
      if (this.#full.size >= FULL_TILES_MAX) this.#full.clear();
      kept.set(path, tile);
      return tile;
    };
  }
}

/** Reads a log over HTTP(S). @param base `…/log/<tenant>/`, with the slash at its end */
export function fetchLogFrom(base: string, timeoutMs = 5_000): FetchLog {
  return async (path) => {
    try {
      const answer = await fetch(new URL(path, base), { signal: AbortSignal.timeout(timeoutMs) });
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length > ANSWER_BYTES) throw new Error('too long');
      return bytes;
    } catch (cause) {
      throw new GatewayError('source-unavailable', { details: 'log', cause });
    }
  };
}

function hashesOf(bytes: Uint8Array, size: bigint): readonly Uint8Array[] {
  if (bytes.length % HASH_BYTES !== 0) throw broken(`tile of size ${size}`);
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

function broken(details: string): GatewayError {
  return new GatewayError('integrity-failure', { details });
}
