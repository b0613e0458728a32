import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../migrate.js';
import { openPool } from '../pool.js';
import { EmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { copyPreparedCluster } from './prepared-cluster.js';

/** A fresh, migrated database on a real server. */
export interface TestDatabase {
  /** Of the superuser: the pool and other pools that a test opens leave that role by themselves. */
  readonly url: string;
  /** As the application sees it, tenant `default`. */
  readonly pool: pg.Pool;
  /** Runs statements as the superuser, past row-level security: for what an attacker with the database would do. */
  admin(sql: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

const TEMPLATE = 'proviso_template';

interface TestServer {
  readonly postgres: EmbeddedPostgres;
  readonly folder: string;
}

let server: Promise<TestServer> | undefined;

/**
 * One server per test file; every call gives a database of its own, copied from a migrated template.
 * @param template another database of this server, to which nobody is connected
 */
export async function openTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
  server ??= startServer();
  const { postgres } = await server;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withAdmin(postgres.url, (client) => client.query(`create database ${name} template ${template}`));
  const url = databaseUrl(postgres.url, name);
  const pool = openPool({ url, tenant: 'default', max: 10 });
  return {
    url,
    pool,
    admin: (sql, values) =>
      withAdmin(url, (client) => client.query(sql, values === undefined ? [] : [...values])),
    close: () => pool.end(),
  };
}

async function startServer(): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-test-'));
  // Root hands the server to another account, which must pass through here.
  await chmod(folder, 0o755);
  await copyPreparedCluster(folder, async ({ url }) => {
    await withAdmin(url, (client) => client.query(`create database ${TEMPLATE}`));
    await migrate(databaseUrl(url, TEMPLATE));
  });
  const postgres = await EmbeddedPostgres.start({ dataDir: folder });
  return { postgres, folder };
}

async function withAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options: '-c search_path=proviso' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Registered by the import, so that the server ends with the file whatever its specs do. */
afterAll(async () => {
  if (server !== undefined) {
    const { postgres, folder } = await server;
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
