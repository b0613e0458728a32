import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { LogIncident, SqlLogOptions } from '../log/log-options.js';
import { SqlKeyVault } from '../log/sql-key-vault.js';
import { type OpenedLog, SqlLogStore } from '../log/sql-log-store.js';
import type { KnownHead } from '../log/start-gate.js';
import { openPool } from '../pool.js';
import { type LogKeys, makeLogKeys } from './log-fixture.js';
import { openTestDatabase, type TestDatabase } from './test-database.js';

/** A database, keys and a folder of their own, and as many gateways as a spec starts on them. */
export class LogScene {
  readonly incidents: LogIncident[] = [];
  readonly keys: LogKeys = makeLogKeys();
  readonly database: TestDatabase;
  readonly folder: string;
  readonly #pools: Pool[] = [];
  readonly #logs: SqlLogStore[] = [];

  private constructor(database: TestDatabase, folder: string) {
    this.database = database;
    this.folder = folder;
  }

  static async make(): Promise<LogScene> {
    return new LogScene(await openTestDatabase(), await mkdtemp(join(tmpdir(), 'proviso-log-')));
  }

  get highWaterPath(): string {
    return join(this.folder, 'high-water.json');
  }

  vault(pool: Pool = this.database.pool): SqlKeyVault {
    return new SqlKeyVault({ pool, tenant: 'default', rootKey: this.keys.rootKey });
  }

  /** Options of one gateway with a pool of its own. */
  options(changes: Partial<SqlLogOptions> = {}): SqlLogOptions {
    const pool = changes.pool ?? openPool({ url: this.database.url, tenant: 'default', max: 4 });
    if (changes.pool === undefined) this.#pools.push(pool);
    return {
      pool,
      tenant: 'default',
      origin: this.keys.origin,
      gateway: 'g1',
      signer: this.keys.signer,
      vault: this.vault(pool),
      apply: async () => undefined,
      signCheckpoint: this.keys.signCheckpoint,
      highWaterPath: this.highWaterPath,
      incident: (incident) => this.incidents.push(incident),
      ...changes,
    };
  }

  open(changes: Partial<SqlLogOptions> = {}, known: readonly KnownHead[] = []): Promise<OpenedLog> {
    return SqlLogStore.open(this.options(changes), this.keys.policy, known);
  }

  /** A gateway that passed the gate. */
  async start(changes: Partial<SqlLogOptions> = {}): Promise<SqlLogStore> {
    const opened = await this.open(changes);
    if (opened.kind === 'refused') throw new Error(opened.faults.map(({ kind }) => kind).join());
    this.#logs.push(opened.log);
    return opened.log;
  }

  /** Stops what runs and removes everything. */
  async end(): Promise<void> {
    await Promise.all(this.#logs.map((log) => log.close().catch(() => undefined)));
    await Promise.all(this.#pools.map((pool) => pool.end()));
    await this.database.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
