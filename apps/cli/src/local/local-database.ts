import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#config';
import { createDatabase, EmbeddedPostgres, runStatements } from '#store';

const DATABASE = 'proviso';

/** A database that can be worked on, and how to leave it as it was found. */
export interface LocalDatabase {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The database of DATABASE_URL; else the embedded one of the data folder, which is started where it does not run. */
export async function localDatabase(config: Config): Promise<LocalDatabase> {
  if (config.DATABASE_URL !== undefined) return { url: config.DATABASE_URL, stop: () => Promise.resolve() };
  const running = await runningDatabase(join(config.DATA_DIR, 'database.url'));
  if (running !== undefined) return { url: running, stop: () => Promise.resolve() };
  const server = await EmbeddedPostgres.start({
    dataDir: config.DATA_DIR,
    ...(config.PG_DATA_DIR === undefined ? {} : { folder: config.PG_DATA_DIR }),
  });
  return { url: await createDatabase(server.url, DATABASE), stop: () => server.stop() };
}

/** The URL that the last start left, where a database still answers there. */
async function runningDatabase(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const url = readFileSync(file, 'utf8').trim();
  return runStatements(url, 'select 1').then(
    () => url,
    () => undefined,
  );
}
