import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { GatewayError } from '#outcome';
import { databaseAccount } from './account.js';
import { openCluster, SUPERUSER, type Cluster } from './cluster.js';
import { endOrphan, recordOwner } from './orphan.js';

const READY_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 60_000;
const STEP_MS = 25;
/** A killed server's children may hold its shared memory for a moment. */
const STARTS = 5;

/** Where the server keeps its data and listens. */
export interface EmbeddedOptions {
  readonly dataDir: string;
  /** Overrides the folder of the cluster: PG_DATA_DIR. */
  readonly folder?: string;
  /** Loopback port; a free one where absent. */
  readonly port?: number;
}

/**
 * A PostgreSQL server of our own on the loopback interface, for development, tests and the demo.
 * Production brings its own and names it in DATABASE_URL.
 */
export class EmbeddedPostgres {
  /** Of the superuser; `migrate` makes the roles that the application uses. */
  readonly url: string;
  /** Where the cluster lies. */
  readonly folder: string;
  readonly #server: ChildProcess;
  readonly #watchdog: ChildProcess;

  private constructor(url: string, folder: string, server: ChildProcess) {
    this.url = url;
    this.folder = folder;
    this.#server = server;
    this.#watchdog = watch(server);
  }

  /** Makes the cluster at first, ends a server that a dead process left behind, and resolves when connections work. */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const cluster = await openCluster(await databaseAccount(), options.dataDir, options.folder);
    await endOrphan(cluster.folder, cluster.data);
    const port = options.port ?? (await freePort());
    const url = `postgres://${SUPERUSER}:${encodeURIComponent(cluster.password)}@127.0.0.1:${port}/postgres`;
    for (let attempt = 1; attempt <= STARTS; attempt++) {
      // oxlint-disable no-await-in-loop -- one attempt after the other
      const server = await launch(cluster, port);
      await recordOwner(cluster.folder);
      if (await ready(url, server)) {
        return new EmbeddedPostgres(url, cluster.folder, server);
      }
      await delay(attempt * 500);
      // oxlint-enable no-await-in-loop
    }
    throw new GatewayError('internal', {
      details: `The embedded database does not start: ${await lastLine(cluster.folder)}`,
    });
  }

  /** Resolves when the server has ended, whoever ended it. */
  async ended(): Promise<void> {
    if (isRunning(this.#server)) {
      await once(this.#server, 'exit');
    }
  }

  /** Ends sessions and the server; forced after a minute. The next start finds a clean shutdown. */
  async stop(): Promise<void> {
    this.#server.kill('SIGINT');
    const force = setTimeout(() => this.#server.kill('SIGQUIT'), STOP_LIMIT_MS);
    await this.ended();
    clearTimeout(force);
    this.#watchdog.kill('SIGKILL');
  }
}

/** fsync stays on. The log never repeats a statement or a row's values: they may be about a person. */
async function launch(cluster: Cluster, port: number): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    max_connections: '100',
    shared_buffers: '256MB',
    timezone: 'UTC',
  };
  const log = await open(join(cluster.folder, 'postgres.log'), 'a', 0o600);
  const server = spawn(
    cluster.binaries.postgres,
    ['-D', cluster.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    {
      uid: cluster.account.uid,
      gid: cluster.account.gid,
      env: { TZ: 'UTC' },
      cwd: '/',
      stdio: ['ignore', log.fd, log.fd],
      // An interrupt at the terminal must reach the gateway first, which then stops the server.
      detached: true,
    },
  );
  await Promise.race([once(server, 'spawn'), once(server, 'error').then(([error]) => Promise.reject(error))]);
  await log.close();
  server.unref();
  return server;
}

async function ready(url: string, server: ChildProcess): Promise<boolean> {
  for (let waited = 0; waited < READY_LIMIT_MS && isRunning(server); waited += STEP_MS) {
    const client = new pg.Client({ connectionString: url });
    // oxlint-disable no-await-in-loop -- a bounded poll
    const up = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (up) {
      return true;
    }
    await delay(STEP_MS);
    // oxlint-enable no-await-in-loop
  }
  server.kill('SIGQUIT');
  return false;
}

/** One that a signal ended has no exit code. */
function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** Ends the server when this process dies without a chance to: its end of the pipe closes. */
function watch(server: ChildProcess): ChildProcess {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0"', String(server.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  watchdog.unref();
  server.once('exit', () => watchdog.kill('SIGKILL'));
  return watchdog;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') {
    throw new GatewayError('internal', { details: 'No free loopback port was found.' });
  }
  return address.port;
}

async function lastLine(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'postgres.log'), 'utf8').catch(() => '');
  return text.trim().split('\n').at(-1) ?? '';
}
