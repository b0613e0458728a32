import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '#config';
import { EmbeddedPostgres, createDatabase, migrate } from '#store';

/** The database as the other parts see it. */
export interface DatabasePart {
  readonly url: string;
  readonly embedded: boolean;
  stop(): Promise<void>;
}

const DATABASE = 'proviso';
const PAUSE_MS = 500;

/** The database of DATABASE_URL, or an embedded one that is started again when it dies; migrated. */
export async function startDatabase(config: Config, log: (line: string) => void): Promise<DatabasePart> {
  if (config.DATABASE_URL !== undefined) {
    await migrate(config.DATABASE_URL);
    return { url: config.DATABASE_URL, embedded: false, stop: () => Promise.resolve() };
  }
  const part = new EmbeddedDatabase(config, log);
  await part.start();
  await migrate(part.url);
  return part;
}

/** Its address lies in `DATA_DIR/database.url` (0600), for `proviso audit` and for whoever wants to look. */
class EmbeddedDatabase implements DatabasePart {
  readonly embedded = true;
  readonly #config: Config;
  readonly #log: (line: string) => void;
  #server: EmbeddedPostgres | undefined;
  #url = '';
  #stopping = false;

  constructor(config: Config, log: (line: string) => void) {
    this.#config = config;
    this.#log = log;
  }

  get url(): string {
    return this.#url;
  }

  async start(): Promise<void> {
    const port = this.#server === undefined ? this.#config.PG_PORT : Number(new URL(this.#server.url).port);
    const server = await EmbeddedPostgres.start({
      dataDir: this.#config.DATA_DIR,
      ...(this.#config.PG_DATA_DIR === undefined ? {} : { folder: this.#config.PG_DATA_DIR }),
      ...(port === 0 ? {} : { port }),
    });
    if (this.#server === undefined) this.#tellFolder(server.folder);
    this.#server = server;
    this.#url = await createDatabase(server.url, DATABASE);
    writeFileSync(join(this.#config.DATA_DIR, 'database.url'), `${this.#url}\n`, { mode: 0o600 });
    void server.ended().then(() => this.#again());
  }

  /** Whoever removes `DATA_DIR`, or backs it up, must know what does not lie in it. */
  #tellFolder(folder: string): void {
    const { DATA_DIR: dataDir } = this.#config;
    if (folder.startsWith(join(resolve(dataDir), '/'))) return;
    this.#log(`postgres: its data lie in ${folder}, and not in ${dataDir}`);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
  }

  async #again(): Promise<void> {
    while (!this.#stopping) {
      this.#log('postgres: ended, starting again');
      try {
        await this.start();
        if (this.#stopping) await this.#server?.stop();
        return;
      } catch (error) {
        this.#log(`postgres: ${String(error)}`);
        await sleep(PAUSE_MS);
      }
    }
  }
}
