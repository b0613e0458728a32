import type { Pool } from 'pg';
import { GatewayError } from '#outcome';
import {
  consistencyProof,
  inclusionProof,
  TILE_HEIGHT,
  TILE_WIDTH,
  type TileReader,
  type TreeHead,
} from '#provenance';
import { type HeadRow, readHead } from './head-row.js';
import { readEntries, storedRoot, storedTiles } from './stored-tiles.js';

/** Entries of one answer at most. */
const MAX_ENTRIES = 10_000n;

/** Reads the public half of the log: heads, entries, tiles, proofs. */
export class LogReader {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #tiles: TileReader;
  /** The log has at least this size: it only grows. */
  #known = 0n;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
    this.#tiles = storedTiles(pool, tenant);
  }

  async head(): Promise<TreeHead> {
    const { origin, size, root } = await this.#head();
    return { origin, size, root };
  }

  async checkpoint(): Promise<string> {
    return (await this.#head()).checkpoint;
  }

  /** The root of the first `size` leaves, from the tiles; `undefined` where they do not give one. */
  rootAt(size: bigint): Promise<Uint8Array | undefined> {
    return storedRoot(this.#pool, this.#tenant, size);
  }

  /** When a record was made, from its id (UUIDv7): epoch milliseconds; `undefined` where there is none. */
  async timeOf(index: bigint): Promise<number | undefined> {
    const { rows } = await this.#pool.query<{ record_id: string }>(
      'select record_id from log_leaf where tenant = $1 and idx = $2',
      [this.#tenant, index],
    );
    const id = rows[0]?.record_id.replaceAll('-', '');
    return id === undefined ? undefined : Number.parseInt(id.slice(0, 12), 16);
  }

  /** Entries [from, to). @throws GatewayError `invalid-value` where the log is shorter or too much is asked */
  async entries(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    if (from < 0n || from > to || to - from > MAX_ENTRIES) throw outside('entries');
    await this.#demand(to, 'entries');
    const entries = await readEntries(this.#pool, this.#tenant, from, to);
    if (BigInt(entries.length) !== to - from)
      throw new GatewayError('integrity-failure', { details: 'log_leaf' });
    return entries;
  }

  /** The first `width` hashes of a tile. @throws GatewayError `invalid-value` where the log has fewer */
  async tile(level: number, index: bigint, width: number): Promise<readonly Uint8Array[]> {
    const whole = Number.isInteger(level) && Number.isInteger(width) && level >= 0 && level < 8;
    if (!whole || width < 1 || width > TILE_WIDTH || index < 0n) throw outside('tile');
    await this.#demand((index * BigInt(TILE_WIDTH) + BigInt(width)) << BigInt(level * TILE_HEIGHT), 'tile');
    const hashes = await this.#tiles(level, index, width);
    if (hashes.length !== width) throw new GatewayError('integrity-failure', { details: 'log_tile' });
    return hashes;
  }

  /** RFC 9162 inclusion proof. @throws GatewayError `invalid-value` where there is no such leaf or tree */
  async inclusion(index: bigint, size: bigint): Promise<readonly Uint8Array[]> {
    await this.#demand(size, 'tree size');
    return inclusionProof(index, size, this.#tiles);
  }

  /** RFC 9162 consistency proof. @throws GatewayError `invalid-value` unless 0 < from ≤ to ≤ size of the log */
  async consistency(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    await this.#demand(to, 'tree size');
    return consistencyProof(from, to, this.#tiles);
  }

  /** Spares a query where a caller knows of a larger head. */
  noteSize(size: bigint): void {
    if (size > this.#known) this.#known = size;
  }

  async #head(): Promise<HeadRow> {
    const head = await readHead(this.#pool, this.#tenant);
    if (head === undefined) throw new GatewayError('seal-unavailable', { details: 'log-head' });
    this.noteSize(head.size);
    return head;
  }

  async #demand(size: bigint, what: string): Promise<void> {
    if (size > this.#known && size > (await this.#head()).size) throw outside(what);
  }
}

function outside(details: string): GatewayError {
  return new GatewayError('invalid-value', { details });
}
