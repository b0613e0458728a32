import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { openPool, RowMac, SqlInbox } from '#store';
import { Api } from '../api.js';
import { localDatabase } from '../local/local-database.js';
import { clockOf, LocalLog } from '../local/local-log.js';
import { localSettings, type Environment, type LocalSettings } from '../local/local-settings.js';
import { readyFile, type ReadyFile } from '../ready-file.js';
import { ApiDesk } from './api-desk.js';
import { DatabaseDesk } from './database-desk.js';
import type { InboxDesk } from './inbox-desk.js';

const LOOK_MS = 5_000;
/** The log's committer holds one connection. */
const CONNECTIONS = 4;

/** Where the inbox is: a data folder, and the settings that a gateway of it would have. */
export interface InboxPlace {
  readonly dataDir: string;
  readonly environment: Environment;
}

/** Works on the inbox by the gateway where one answers, else on the database itself, and says so. */
export async function withDesk<T>(
  { dataDir, environment }: InboxPlace,
  work: (desk: InboxDesk) => Promise<T>,
): Promise<T> {
  const ready = existsSync(join(dataDir, 'ready.json')) ? readyFile(dataDir) : undefined;
  if (ready !== undefined && (await answers(ready))) {
    return work(new ApiDesk(new Api(ready, 'steward')));
  }
  const settings = localSettings(dataDir, environment);
  process.stderr.write('No gateway answers; the database itself is asked.\n');
  return byDatabase(settings, work);
}

/** Whether anybody answers at the gateway's address; what a killed one left behind counts for nothing. */
async function answers({ fhirBase }: ReadyFile): Promise<boolean> {
  const url = `${new URL(fhirBase).origin}/health/live`;
  return fetch(url, { signal: AbortSignal.timeout(LOOK_MS) }).then(
    (response) => response.body?.cancel().then(() => true) ?? true,
    () => false,
  );
}

async function byDatabase<T>(settings: LocalSettings, work: (desk: InboxDesk) => Promise<T>): Promise<T> {
  const { config, keyring } = settings;
  const database = await localDatabase(config);
  const tenant = config.TENANT;
  const pool = openPool({
    url: database.url,
    tenant,
    max: CONNECTIONS,
    timeoutMs: config.DATABASE_TIMEOUT_MS,
  });
  try {
    const context = { tenant, mac: new RowMac(keyring.storeMac) };
    const log = await LocalLog.open(settings, pool, context);
    try {
      const inbox = new SqlInbox({ pool, ...context, clock: clockOf(config), random: randomBytes });
      return await work(new DatabaseDesk(inbox, log));
    } finally {
      await log.close();
    }
  } finally {
    await pool.end();
    await database.stop();
  }
}
