import { type AppendItem, type LogStore, type Policy, type Seal, type TreeHead } from '#provenance';
import type { RowChange } from '../change.js';
import { BatchQueue } from './batch-queue.js';
import type { LogUnit } from './batch-transaction.js';
import { Committer } from './committer.js';
import { findVanished, releaseVanished } from './gateway-session.js';
import { HighWaterFile } from './high-water.js';
import type { SqlLogOptions } from './log-options.js';
import { LogReader } from './log-reader.js';
import { type KnownHead, startGate, type StartFault } from './start-gate.js';
import { beginTail } from './stored-tail.js';

const MAX_BATCH = 1_000;
const MAX_WAITING = 5_000;
/** Room in the queue beside the callers', for the store's own records. */
const OWN_UNITS = 501;

/** What `SqlLogStore.open` found: a log that is as it was left, or why it is not. */
export type OpenedLog =
  | { readonly kind: 'open'; readonly log: SqlLogStore }
  | { readonly kind: 'refused'; readonly faults: readonly StartFault[] };

/** The log in Postgres, and the one write path of the store. */
export class SqlLogStore implements LogStore<RowChange> {
  readonly #options: SqlLogOptions;
  readonly #committer: Committer;
  readonly #queue: BatchQueue<LogUnit, readonly Seal[]>;
  readonly #highWater: HighWaterFile;
  readonly #reader: LogReader;

  private constructor(options: SqlLogOptions, committer: Committer, highWater: HighWaterFile) {
    this.#options = options;
    this.#committer = committer;
    this.#highWater = highWater;
    this.#reader = new LogReader(options.pool, options.tenant);
    this.#queue = new BatchQueue({
      commit: (units) => committer.commit(units),
      weight: ({ items }) => items.length,
      maxBatch: options.maxBatch ?? MAX_BATCH,
      maxWaiting: (options.maxWaiting ?? MAX_WAITING) + OWN_UNITS,
    });
  }

  /**
   * Passes the start-up gate, begins this gateway's session, and records the gateways that vanished.
   * @param policy whose keys the stored log is checked with
   * @param known heads that others hold of this log: chain, witnesses, anchors
   */
  static async open(options: SqlLogOptions, policy: Policy, known: readonly KnownHead[]): Promise<OpenedLog> {
    const faults = await startGate(options, policy, known);
    if (faults.length > 0) return { kind: 'refused', faults };
    const atMs = (options.now ?? Date.now)();
    const tail = await beginTail(options, atMs);
    const highWater = new HighWaterFile(options.highWaterPath, (cause) =>
      options.incident({ kind: 'high-water-failed', cause }),
    );
    const committer = new Committer(options, tail, (newest) => highWater.note(newest));
    const log = new SqlLogStore(options, committer, highWater);
    await log.#start(atMs);
    return { kind: 'open', log };
  }

  /**
   * @throws GatewayError `seal-unavailable` while the database does not answer or the log was stopped, `overloaded`
   *   where too much waits, `version-conflict` for a record id that the log has; else what an item's row changes threw
   */
  append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    return items.length === 0 ? Promise.resolve([]) : this.#queue.push({ items });
  }

  head(): Promise<TreeHead> {
    return this.#reader.head();
  }

  checkpoint(): Promise<string> {
    return this.#reader.checkpoint();
  }

  entries(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    return this.#reader.entries(from, to);
  }

  tile(level: number, index: bigint, width: number): Promise<readonly Uint8Array[]> {
    return this.#reader.tile(level, index, width);
  }

  inclusion(index: bigint, size: bigint): Promise<readonly Uint8Array[]> {
    return this.#reader.inclusion(index, size);
  }

  consistency(from: bigint, to: bigint): Promise<readonly Uint8Array[]> {
    return this.#reader.consistency(from, to);
  }

  /**
   * Appends no more: every append is refused with `seal-unavailable`, and the session gets no close record. Only a new
   * start, through the gate, ends it.
   * @param why what was found
   */
  halt(why: string): void {
    this.#committer.halt(why);
  }

  /** Finishes what waits, closes the session unless the log was stopped, and makes the high-water mark durable. */
  async close(): Promise<void> {
    const closed = this.#queue.push({ items: [], closing: true }).then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    await this.#queue.close();
    await this.#highWater.flush();
    this.#committer.connection.drop();
    const failed = await closed;
    if (failed !== undefined && !this.#committer.stopped) throw failed.cause;
  }

  /** Opens the session, and closes in the log those of gateways that are gone. */
  async #start(atMs: number): Promise<void> {
    const { tenant, incident } = this.#options;
    const session = await this.#committer.connection.session();
    const client = await this.#committer.connection.client();
    const vanished = await findVanished(client, tenant, session.id, atMs);
    for (const { id, lastSeq } of vanished) incident({ kind: 'session-vanished', session: id, lastSeq });
    const items = vanished.map(({ record }) => ({ record, writes: [] }));
    await this.#queue.push({ items, closes: vanished.map(({ id }) => id) });
    await releaseVanished(client, tenant, vanished);
  }
}
