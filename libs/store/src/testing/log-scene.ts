import { copyFile, rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { applyChanges } from '../apply/apply-changes.js';
import type { LogIncident, SqlLogOptions } from '../log/log-options.js';
import { SqlKeyVault } from '../log/sql-key-vault.js';
import { type OpenedLog, SqlLogStore } from '../log/sql-log-store.js';
import type { KnownHead } from '../log/start-gate.js';
import { openPool } from '../pool.js';
import { auditScene } from './audit-scene.js';
import { type LogKeys, makeLogKeys, newFolder } from './log-fixture.js';
import { openTestDatabase, type TestDatabase } from './test-database.js';

/** A database, keys and a folder of their own, and as many gateways as a spec starts on them. */
export class LogScene {
  readonly incidents: LogIncident[] = [];
  readonly keys: LogKeys;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly #pools: Pool[] = [];
  readonly #logs: SqlLogStore[] = [];
  #rested = false;

  private constructor(database: TestDatabase, folder: string, keys: LogKeys) {
    this.database = database;
    this.folder = folder;
    this.keys = keys;
  }

  static async make(): Promise<LogScene> {
    return new LogScene(await openTestDatabase(), await newFolder(), makeLogKeys());
  }

  /** A scene on a database that the spec made itself, and ends itself. */
  static async over(database: TestDatabase): Promise<LogScene> {
    return new LogScene(database, await newFolder(), makeLogKeys());
  }

  /** A copy of the database and the high-water file, after `rest`. */
  async copy(keys: LogKeys = this.keys): Promise<LogScene> {
    const name = new URL(this.database.url).pathname.slice(1);
    const made = new LogScene(await openTestDatabase(name), await newFolder(), keys);
    await copyFile(this.highWaterPath, made.highWaterPath);
    return made;
  }

  /** Keys of another log, under which the data of this one can be opened all the same. */
  static strangersKeys({ rootKey, storeMac, mac }: LogKeys): LogKeys {
    return { ...makeLogKeys(), rootKey, storeMac, mac };
  }

  get mac(): LogKeys['mac'] {
    return this.keys.mac;
  }

  get highWaterPath(): string {
    return `${this.folder}/high-water.json`;
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
      apply: (client, items) => applyChanges(client, { tenant: 'default', mac: this.keys.mac }, items),
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

  /** What an audit finds now. */
  findings(known: readonly KnownHead[] = []): ReturnType<typeof auditScene> {
    return auditScene(this, known);
  }

  /** Stops what runs and closes every connection. */
  async rest(): Promise<void> {
    await Promise.all(this.#logs.splice(0).map((log) => log.close().catch(() => undefined)));
    await Promise.all(this.#pools.splice(0).map((pool) => pool.end()));
    if (!this.#rested) await this.database.close();
    this.#rested = true;
  }

  /** Stops what runs and removes the folder. */
  async end(): Promise<void> {
    await this.rest();
    await rm(this.folder, { recursive: true, force: true });
  }
}
