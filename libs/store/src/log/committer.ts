import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Seal, TreeHead } from '#provenance';
import { type LogUnit, SessionClosed, writeUnits } from './batch-transaction.js';
import type { UnitOutcome } from './batch-queue.js';
import { classifyFailure, type FailureKind, LogStopped, unavailable } from './commit-failure.js';
import { CommitterConnection } from './committer-connection.js';
import { RefusedRecords } from '../refused-records.js';
import { findSeals } from './find-seals.js';
import type { SqlLogOptions } from './log-options.js';
import type { LogTail } from './log-tail.js';
import { writeConflict } from './write-conflict.js';

const PATIENCE_MS = 3_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 250;
/** Records of unknown fate that are remembered, for callers who try them again. */
const DOUBTS = 10_000;

type UnitSeals = readonly (readonly Seal[])[];
type Attempt =
  | { readonly kind: 'committed'; readonly seals: UnitSeals }
  | { readonly kind: FailureKind; readonly cause: unknown };

/** Appends batches, one after the other, and finds out what became of those whose COMMIT was not answered. */
export class Committer {
  readonly #options: SqlLogOptions;
  readonly #now: () => number;
  readonly #committed: (head: TreeHead) => void;
  readonly #doubted = new LRUCache<string, true>({ max: DOUBTS });
  readonly connection: CommitterConnection;
  #tail: LogTail;
  #stopped: LogStopped | undefined;

  /** @param tail what the start-up gate found. @param committed told of each new head */
  constructor(options: SqlLogOptions, tail: LogTail, committed: (head: TreeHead) => void) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#tail = tail;
    this.#committed = committed;
    this.connection = new CommitterConnection(options, this.#now);
  }

  /** Commits a batch. What is known to be refused is left out; where nobody knows it, halves are tried until it fails alone. */
  async commit(units: readonly LogUnit[]): Promise<readonly UnitOutcome<readonly Seal[]>[]> {
    // A record of unknown fate is looked for alone: the rest of the batch cannot have been written with it.
    if (units.length > 1 && units.some((unit) => this.#isDoubted(unit))) return this.#halves(units);
    const attempt = await this.#persist(units);
    if (attempt.kind === 'committed') return attempt.seals.map((result) => ({ kind: 'done', result }));
    if (attempt.kind === 'item' && units.length > 1) return this.#apart(units, attempt.cause);
    const cause = attempt.kind === 'item' ? attempt.cause : unavailable(attempt.cause);
    return units.map(() => ({ kind: 'failed', cause }));
  }

  async #apart(units: readonly LogUnit[], cause: unknown): Promise<readonly UnitOutcome<readonly Seal[]>[]> {
    const isRefused = (unit: LogUnit): boolean =>
      cause instanceof RefusedRecords && idsOf([unit]).some((id) => cause.recordIds.has(id));
    const others = units.filter((unit) => !isRefused(unit));
    if (others.length === units.length) return this.#halves(units);
    const outcomes = new Map<LogUnit, UnitOutcome<readonly Seal[]>>();
    const ended = others.length === 0 ? [] : await this.commit(others);
    for (const [at, outcome] of ended.entries()) {
      const unit = others[at];
      if (unit !== undefined) outcomes.set(unit, outcome);
    }
    return units.map((unit) => outcomes.get(unit) ?? { kind: 'failed', cause });
  }

  async #halves(units: readonly LogUnit[]): Promise<readonly UnitOutcome<readonly Seal[]>[]> {
    const half = units.length >> 1;
    const first = await this.commit(units.slice(0, half));
    return [...first, ...(await this.commit(units.slice(half)))];
  }

  /** Tries until the batch is committed, or cannot be, or the database was silent for too long. */
  async #persist(units: readonly LogUnit[]): Promise<Attempt> {
    const deadline = this.#now() + (this.#options.patienceMs ?? PATIENCE_MS);
    let unknown = units.some((unit) => this.#isDoubted(unit));
    let attempt = await this.#attempt(units, unknown);
    for (let pause = FIRST_PAUSE_MS; canRepeat(attempt) && this.#now() < deadline; pause *= 2) {
      unknown ||= attempt.kind === 'lost';
      await delay(Math.min(pause, LONGEST_PAUSE_MS));
      attempt = await this.#attempt(units, unknown);
    }
    if (canRepeat(attempt)) for (const id of idsOf(units)) this.#doubted.set(id, true);
    return attempt;
  }

  /** Whether the log is not what it was, and nothing is appended any more. */
  get stopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Appends no more until the process is started again. */
  halt(why: string): void {
    this.#stopped ??= new LogStopped({ kind: 'log-halted', why });
  }

  #isDoubted(unit: LogUnit): boolean {
    return idsOf([unit]).some((id) => this.#doubted.has(id));
  }

  /** One transaction; before it, where an earlier one's fate is `unknown`, a look whether it was committed after all. */
  async #attempt(units: readonly LogUnit[], unknown: boolean): Promise<Attempt> {
    if (this.#stopped !== undefined) return { kind: 'stop', cause: this.#stopped };
    try {
      const found = unknown ? await this.#find(units) : undefined;
      return found ?? (await this.#transaction(units));
    } catch (cause) {
      const kind = await this.#abandon(cause);
      if (kind === 'stop') this.#stop(cause);
      return { kind, cause: kind === 'item' ? writeConflict(cause) : cause };
    }
  }

  async #transaction(units: readonly LogUnit[]): Promise<Attempt> {
    const session = await this.connection.session();
    const client = await this.connection.client();
    await client.query('begin');
    const start = { client, session, tail: this.#tail, nowMs: this.#now() };
    const written = await writeUnits(start, units, this.#options);
    try {
      await client.query('commit');
    } catch (cause) {
      this.connection.drop();
      return { kind: 'lost', cause };
    }
    this.#tail = written.tail;
    this.connection.advance(written.session);
    this.#committed(written.head);
    this.#options.changed?.(changesOf(units));
    return { kind: 'committed', seals: written.seals() };
  }

  async #find(units: readonly LogUnit[]): Promise<Attempt | undefined> {
    const ids = idsOf(units);
    if (ids.length === 0) return undefined;
    const found = await findSeals(await this.connection.client(), this.#options, ids);
    if (found === undefined) return undefined;
    for (const id of ids) this.#doubted.delete(id);
    const seals = units.map(({ items }) =>
      items.flatMap(({ record }) => {
        const seal = found.get(record.op.id);
        return seal === undefined ? [] : [seal];
      }),
    );
    return { kind: 'committed', seals };
  }

  /** Ends the failed transaction; a connection that cannot do even that is dropped. */
  async #abandon(cause: unknown): Promise<FailureKind> {
    try {
      if (this.connection.connected) await (await this.connection.client()).query('rollback');
    } catch {
      this.connection.drop(); // the cause that matters is the one that led here
    }
    if (cause instanceof SessionClosed) this.connection.drop();
    const kind = classifyFailure(cause, this.connection.connected);
    if (kind === 'lost' || kind === 'stop') this.connection.drop();
    return kind;
  }

  #stop(cause: unknown): void {
    if (this.#stopped !== undefined || !(cause instanceof LogStopped)) return;
    this.#stopped = cause;
    this.#options.incident(cause.incident);
  }
}

function idsOf(units: readonly LogUnit[]): readonly string[] {
  return units.flatMap(({ items }) => items.map(({ record }) => record.op.id));
}

function changesOf(units: readonly LogUnit[]): number {
  return units.reduce((sum, { items }) => sum + items.reduce((own, { writes }) => own + writes.length, 0), 0);
}

function canRepeat({ kind }: Attempt): boolean {
  return kind === 'again' || kind === 'lost';
}
