import { randomBytes } from 'node:crypto';
import { GatewayError } from '#outcome';
import {
  type AppendItem,
  buildRecord,
  consistencyProof,
  hashLeaf,
  inclusionProof,
  type KeyVault,
  type LogStore,
  type Seal,
  sealCommitted,
  TILE_WIDTH,
  tileWidth,
  type TreeHead,
} from '#provenance';
import { LogTail } from '../log/log-tail.js';
import { partRow, type SealedPart } from '../log/sealed-record.js';
import { splitHashes } from '../log/stored-tiles.js';
import type { RowChange } from '../change.js';
import type { LogKeys } from './log-fixture.js';
import { MemoryKeyVault } from './memory-key-vault.js';

/** A record as this store keeps it. */
interface HeldRecord {
  readonly id: string;
  readonly entry: Uint8Array;
  readonly parts: readonly SealedPart[];
}

/** A `LogStore` in memory, with real records, tree and checkpoints: for specs of what stands on the port. */
export class MemoryLogStore implements LogStore<RowChange> {
  /** Row changes in the order in which they were committed. */
  readonly written: RowChange[] = [];
  readonly vault: KeyVault;
  readonly #keys: LogKeys;
  readonly #records: HeldRecord[] = [];
  readonly #ids = new Set<string>();
  readonly #counters = new Map<string, bigint>();
  readonly #tiles = new Map<string, readonly Uint8Array[]>();
  #failures: GatewayError[] = [];
  #tail = LogTail.empty;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(keys: LogKeys, vault: KeyVault = new MemoryKeyVault()) {
    this.#keys = keys;
    this.vault = vault;
  }

  /** The next `count` appends are refused as while the database is away. */
  failNextAppends(count: number): void {
    this.#failures = Array.from(
      { length: count },
      () => new GatewayError('seal-unavailable', { details: 'told-to-fail' }),
    );
  }

  append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const failure = this.#failures.shift();
    if (failure !== undefined) return Promise.reject(failure);
    const appended = this.#busy.then(() => this.#append(items));
    this.#busy = appended.catch(() => undefined);
    return appended;
  }

  async head(): Promise<TreeHead> {
    return { origin: this.#keys.origin, size: this.#tail.size, root: this.#tail.root() };
  }

  async checkpoint(): Promise<string> {
    return this.#keys.signCheckpoint(await this.head());
  }

  async entries(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    if (from < 0n || from > to) throw outside('entries');
    this.#demand(to, 'entries');
    return this.#records.slice(Number(from), Number(to)).map(({ entry }) => entry);
  }

  async tile(level: number, index: bigint, width: number): Promise<readonly Uint8Array[]> {
    const whole = Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH;
    if (!whole || level < 0 || index < 0n || tileWidth(level, index, this.#tail.size) < width) {
      throw outside('tile');
    }
    return this.#tile(level, index).slice(0, width);
  }

  async inclusion(index: bigint, size: bigint): Promise<readonly Uint8Array[]> {
    this.#demand(size, 'tree size');
    return inclusionProof(index, size, (level, at) => this.#tile(level, at));
  }

  async consistency(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    this.#demand(to, 'tree size');
    return consistencyProof(from, to, (level, at) => this.#tile(level, at));
  }

  /** The parts of record `index`, as the vault gave them. */
  parts(index: bigint): readonly SealedPart[] {
    return this.#records[Number(index)]?.parts ?? [];
  }

  async #append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const ids = items.map(({ record }) => record.op.id);
    if (new Set(ids).size < ids.length || ids.some((id) => this.#ids.has(id))) {
      throw new GatewayError('version-conflict', { details: 'record-id' });
    }
    const counters = new Map(this.#counters);
    const held = await Promise.all(items.map((item, at) => this.#seal(item, at, counters)));
    const first = this.#tail.size;
    const leaves = held.map(({ entry }) => hashLeaf(entry));
    const { tail, tiles } = this.#tail.append(leaves);
    for (const { level, index, hashes } of tiles) {
      this.#tiles.set(`${level}/${index}`, splitHashes(hashes));
    }
    for (const [person, next] of counters) this.#counters.set(person, next);
    for (const id of ids) this.#ids.add(id);
    this.#records.push(...held);
    this.written.push(...items.flatMap(({ writes }) => writes));
    this.#tail = tail;
    const { origin } = this.#keys;
    return leaves.map((leaf, at) =>
      sealCommitted({ origin, index: first + BigInt(at), leaf, size: tail.size }),
    );
  }

  async #seal(
    { record }: AppendItem<RowChange>,
    at: number,
    counters: Map<string, bigint>,
  ): Promise<HeldRecord> {
    const subjectSeqs = record.subjects.map(({ person }) => {
      if (person === undefined) return 0n;
      const next = (counters.get(person) ?? 0n) + 1n;
      counters.set(person, next);
      return next;
    });
    const gatewaySeq = this.#tail.size + BigInt(at) + 1n;
    const assigned = { gateway: 'memory', gatewaySeq, subjectSeqs };
    const built = buildRecord(record, assigned, randomBytes, this.#keys.signer);
    const parts = built.parts.map(async ({ part, scope, plain }) => ({
      part,
      ...(await this.vault.wrap(scope, plain, partRow(record.op.id, part))),
    }));
    return { id: record.op.id, entry: built.entry, parts: await Promise.all(parts) };
  }

  #tile(level: number, index: bigint): readonly Uint8Array[] {
    const stored = this.#tiles.get(`${level}/${index}`);
    if (stored !== undefined || level > 0) return stored ?? [];
    const from = Number(index) * TILE_WIDTH;
    return this.#records.slice(from, from + TILE_WIDTH).map(({ entry }) => hashLeaf(entry));
  }

  #demand(size: bigint, what: string): void {
    if (size > this.#tail.size) throw outside(what);
  }
}

function outside(details: string): GatewayError {
  return new GatewayError('invalid-value', { details });
}
