import { Api } from '../../apps/cli/src/api.js';
import { Child } from '../../apps/standalone/src/child.js';
import { bindTrialPeople } from './bind-trial-people.js';
import type { ReadyFile } from '../../apps/standalone/src/ready.js';
import { Outside } from '../faults/outside.js';
import { CLI, environment, ROOT, run, type Ended } from './run.js';
import { freePort } from './free-port.js';
import { leastUser } from './least-user.js';
import { replicaEnv, type ReplicaSpec } from './replica-env.js';
import { readyOf } from './replica-ready.js';
import { Replica } from './replica.js';
import { clearDataDir, makeDataDir } from './system.js';

const SCRIPTS = `${ROOT}dist/apps/standalone/src/`;
const READY_MS = 60_000;
/** Before a replica that died is started again, the first time. */
const PAUSE_MS = 50;
/** Of the setting-up process, whose name is in the records of the first clients. */
const SETUP = 'setup';

/**
 * Node processes with roles over one Postgres and one chain, set up by the setup command: each with a name, a key and a
 * folder of its own, all else shared. Clients know them by one public address, which is that of the first gateway.
 */
export class Replicas {
  readonly folder = makeDataDir();
  readonly outside = new Outside(this.folder);
  readonly lines: string[] = [];
  readonly #env: NodeJS.ProcessEnv;
  readonly #children = new Map<string, Child>();
  readonly #ports = new Map<string, number>();
  readonly #mllpPorts = new Map<string, number>();
  readonly #tokens = new Map<string, Promise<string>>();
  #shared: NodeJS.ProcessEnv = {};
  #port = 0;
  #fullUrl = '';
  #people: ReadyFile['people'] = [];
  #mllp: ReadyFile['mllp'];

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.#env = env;
  }

  /** Starts what is outside, and sets up for replicas of these names, the first one's address being the public one. Gives how the setup ended, run twice at once. */
  async setUp(names: readonly string[], vendors: 1 | 2 = 1): Promise<readonly Ended[]> {
    const outside = await this.outside.start(vendors);
    this.#port = await freePort();
    this.#ports.set(names[0] ?? '', this.#port);
    this.#shared = { LOG_LEVEL: 'warn', ACCESS_TOKEN_TTL_S: '3600', ...this.#env, ...outside };
    const env = { ...this.#shared, DATA_DIR: this.folder, GATEWAY_ID: SETUP };
    const options = ['--trial-clients', ...names.flatMap((name) => ['--gateway', name])];
    const once = () => run(process.execPath, [`${SCRIPTS}setup.main.js`, ...options], { env });
    const ended = await Promise.all([once(), once()]);
    this.#fullUrl = outside['DATABASE_URL'] ?? '';
    this.#shared = { ...this.#shared, DATABASE_URL: await leastUser(this.#fullUrl) };
    return ended;
  }

  /** Starts a replica; one that died is started again if `restart` says so. */
  async start(
    spec: ReplicaSpec,
    { restart = false, env = {} }: { readonly restart?: boolean; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<Replica> {
    const { name } = spec;
    const child = new Child({
      name,
      script: `${SCRIPTS}node.main.js`,
      env: () =>
        environment({
          ...this.#shared,
          ...replicaEnv(spec, this.folder),
          PUBLIC_URL: this.#origin,
          PORT: String(this.#ports.get(name) ?? 0),
          ...(this.#mllpPorts.has(name) ? { MLLP_PORT: String(this.#mllpPorts.get(name)) } : {}),
          ...env,
        }),
      restart,
      pauseMs: PAUSE_MS,
      readyMs: READY_MS,
      log: (line) => this.lines.push(line),
    });
    this.#children.set(name, child);
    const ready = await child.start();
    this.#ports.set(name, Number(ready['port']));
    const mllp = ready['mllp'];
    if (isAddress(mllp)) {
      this.#mllp ??= mllp;
      this.#mllpPorts.set(name, mllp.port);
    }
    return new Replica(this, this.#ports.get(name) ?? 0);
  }

  /** The process of a replica. */
  child(name: string): Child {
    const child = this.#children.get(name);
    if (child === undefined) throw new Error(`There is no replica ${name}.`);
    return child;
  }

  /** Binds the synthetic people to subjects, as the registrar; waits for the roster. */
  async bind(count: number): Promise<void> {
    this.#people = await bindTrialPeople(this.ready, this.folder, count);
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What `ready.json` would say. */
  get ready(): ReadyFile {
    const found = { folder: this.folder, people: this.#people, mllp: this.#mllp };
    return readyOf(this.#shared, this.#origin, found);
  }

  /** A token that the first gateway gave, kept for the whole test. */
  token(client: string): Promise<string> {
    const token = this.#tokens.get(client) ?? new Api(this.ready, client).token();
    this.#tokens.set(client, token);
    return token;
  }

  /** The database, as somebody with full rights reaches it. */
  get databaseUrl(): string {
    return this.#fullUrl;
  }

  /** A file that the replicas share. */
  file(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Runs `proviso …` with the shared keys. */
  proviso(...args: readonly string[]): Promise<Ended> {
    return run(process.execPath, [CLI, '--data', this.folder, ...args], { cwd: this.folder });
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#children.values()].map((child) => child.stop()));
    await this.outside.dispose();
    await clearDataDir(this.folder);
  }
}

function isAddress(value: unknown): value is NonNullable<ReadyFile['mllp']> {
  return typeof value === 'object' && value !== null && 'port' in value && 'host' in value && 'tls' in value;
}
