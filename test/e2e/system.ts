import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../../apps/cli/src/api.js';
import { readySchema, type ReadyFile } from '../../apps/standalone/src/ready.js';
import { familyOf, kill, processesOn, survivors, type Process } from './processes.js';
import { CLI, environment, flags, run, START, type Ended } from './run.js';
import { until } from './until.js';

/** Time that a start may take on a loaded machine; `start.e2e-spec.ts` measures it. */
export const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 60_000;
const REQUEST_LIMIT_MS = 30_000;
const TOKEN_TTL_S = 300;
/** Of its life a token is used so long: a test on a slow machine must not be told that its token is old. */
const TOKEN_SHARE = 0.6;

/** A data folder of a test's own, in which the database's account may walk. */
export function makeDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proviso-e2e-'));
  chmodSync(folder, 0o755);
  return folder;
}

/** Ends whatever still works on a data folder, and takes the folder away. */
export async function clearDataDir(dataDir: string): Promise<void> {
  await until('everything on the folder has ended', STOP_LIMIT_MS, () => {
    const left = processesOn(dataDir);
    for (const { pid } of left) kill(pid);
    return left.length === 0;
  });
  rmSync(dataDir, { recursive: true, force: true });
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a request of the tests is made of. */
export interface Ask {
  readonly method?: string;
  readonly client?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** What each part's command line holds. */
const PART_WORDS = {
  node: 'node.main.js',
  postgres: 'native/bin/postgres ',
  chain: 'anvil ',
  vendor: 'demo-ehr/src/main.js',
  lakeview: 'demo-ehr/src/lakeview.main.js',
} as const;
/** A process of a running system, beside its supervisor. */
export type Part = keyof typeof PART_WORDS;

/** Whoever can be asked as a running system can: the system, or one replica of several. */
export type Asked = Pick<System, 'ask' | 'fhir' | 'bytes' | 'ready' | 'person'>;

/** Proviso as `npm start` runs it, with a data folder of its own and any free ports. */
export class System {
  readonly dataDir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #tokens = new Map<string, { readonly token: Promise<string>; readonly untilMs: number }>();
  #child: ChildProcess | undefined;
  #family: readonly Process[] = [];
  stdout = '';
  stderr = '';

  constructor(env: NodeJS.ProcessEnv = {}, dataDir: string = makeDataDir()) {
    this.dataDir = dataDir;
    this.#env = { PORT: '0', LOG_LEVEL: 'warn', ...env, DATA_DIR: dataDir };
  }

  /** Starts it; resolves with the milliseconds until `ready.json` was there. Settings given here are for this start. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<number> {
    const startMs = performance.now();
    const child = spawn(process.execPath, [START], {
      env: environment({ ...this.#env, ...env }),
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: this.dataDir,
    });
    this.#child = child;
    this.#tokens.clear();
    this.stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    await until('the system is ready', START_LIMIT_MS, () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${this.stderr}`);
      // one that a killed system left behind names another process
      return existsSync(this.file('ready.json')) && this.ready.pid === child.pid;
    });
    return performance.now() - startMs;
  }

  /** Sends SIGTERM and waits. Gives the exit code, and what the system left running. */
  async stop(): Promise<{ readonly code: number | null; readonly left: readonly Process[] }> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return { code: child?.exitCode ?? null, left: [] };
    this.#family = familyOf(this.pid);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await Promise.race([ended, until('the system stops', STOP_LIMIT_MS, () => child.exitCode !== null)]);
    return { code: child.exitCode, left: survivors(this.#family) };
  }

  /** For `afterAll`: stops, ends what is left over, removes the data. */
  async dispose(): Promise<void> {
    await this.stop().catch(() => undefined);
    for (const { pid } of survivors(this.#family)) kill(pid);
    await clearDataDir(this.dataDir);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** The process of a part, while there is one. */
  part(name: Part): Process | undefined {
    return familyOf(this.pid).find(
      ({ parent, command }) => parent === this.pid && command.includes(PART_WORDS[name]),
    );
  }

  /** The embedded database, as somebody with full rights reaches it. */
  get databaseUrl(): string {
    const port = /port=(\d+)/.exec(this.part('postgres')?.command ?? '')?.[1];
    const password = readFileSync(this.file('postgres/password'), 'utf8');
    return `postgres://proviso:${encodeURIComponent(password)}@127.0.0.1:${port ?? 0}/proviso`;
  }

  /** A file of the data folder. */
  file(name: string): string {
    return join(this.dataDir, name);
  }

  get ready(): ReadyFile {
    return readySchema.parse(JSON.parse(readFileSync(this.file('ready.json'), 'utf8')));
  }

  /** One of the synthetic people. */
  person(index: number): { readonly patient: string; readonly subject: string; readonly privateKey: string } {
    const person = this.ready.people[index];
    const subject = person?.subjects[0];
    if (person === undefined || subject === undefined) throw new Error(`There is no person ${index}.`);
    return { patient: person.patient, subject, privateKey: person.privateKey };
  }

  get origin(): string {
    return new URL(this.ready.fhirBase).origin;
  }

  /** A request below the origin, as a client where one is named. */
  async ask(path: string, { client, token, ...init }: Ask = {}): Promise<Answer> {
    const bearer = token ?? (client === undefined ? undefined : await this.token(client));
    const response = await fetch(`${this.origin}${path}`, {
      ...init,
      headers: { ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }), ...init.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The exact bytes of a public answer. */
  async bytes(path: string): Promise<Uint8Array> {
    const response = await fetch(`${this.origin}${path}`, { signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    if (!response.ok) throw new Error(`${path} is answered with ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  }

  /** A request below the FHIR base. */
  fhir(client: string, path: string, ask: Ask = {}): Promise<Answer> {
    return this.ask(`/fhir/R4${path}`, { ...ask, client });
  }

  /** A token from the real token endpoint; kept while it is fresh. */
  token(client: string): Promise<string> {
    const held = this.#tokens.get(client);
    if (held !== undefined && performance.now() < held.untilMs) return held.token;
    const token = new Api(this.ready, client).token();
    token.catch(() => this.#tokens.delete(client));
    const lifeMs = Number(this.#env['ACCESS_TOKEN_TTL_S'] ?? TOKEN_TTL_S) * 1000 * TOKEN_SHARE;
    this.#tokens.set(client, { token, untilMs: performance.now() + lifeMs });
    return token;
  }

  /** Runs `proviso …` on this system's data. */
  proviso(...args: readonly string[]): Promise<Ended> {
    return run(process.execPath, [CLI, '--data', this.dataDir, ...args], { cwd: this.dataDir });
  }

  /** `proviso audit --database … --json` with the keys of this system. */
  auditDatabase(): Promise<Ended> {
    const options = flags({ database: this.databaseUrl, policy: this.file('policy.txt') });
    return this.proviso('audit', ...options, '--json');
  }

  /** `proviso …` that must succeed; gives what it printed. */
  async must(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.proviso(...args);
    if (code !== 0) throw new Error(`proviso ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
    return stdout;
  }
}
