import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { loadConfig, type Config } from '#config';
import { keyringOf, startChain, type ChainPart } from '../../apps/standalone/src/chain-part.js';
import { startDatabase, type DatabasePart } from '../../apps/standalone/src/database-part.js';
import { accountKey, vendorEnv, writeProfiles } from '../../apps/standalone/src/vendor-part.js';
import { environment, flags, ROOT, type Ended } from '../e2e/run.js';
import { clearDataDir, makeDataDir, type System } from '../e2e/system.js';
import { firstLine, killed, type Outage } from './outage.js';
import { OutsideLakeview } from './outside-lakeview.js';

const VENDOR = `${ROOT}dist/apps/demo-ehr/src/main.js`;
const TEMPLATES = ['northside', 'lakeview'].map(
  (vendor) => new URL(`../../apps/demo-ehr/vendors/${vendor}.json`, import.meta.url),
);
const ADMIN_LIMIT_MS = 10_000;
const readySchema = z.looseObject({ ready: z.literal(true), fhirBase: z.string(), adminUrl: z.string() });

/**
 * Database, chain node and vendor outside of a system, which is given their addresses as settings: so they stay away until
 * the test brings them back.
 */
export class Outside {
  readonly #folder = makeDataDir();
  readonly #systemDir: string;
  readonly #postgresDir: string | undefined;
  #templates: readonly URL[] = [];
  #database: DatabasePart | undefined;
  #chain: ChainPart | undefined;
  #vendor: { readonly child: ChildProcess; readonly adminUrl: string; readonly port: string } | undefined;
  readonly lakeview = new OutsideLakeview();
  #env: NodeJS.ProcessEnv = {};

  /**
   * @param systemDir data folder of the system, whose keys pay on the chain
   * @param postgresDir where the database lies, if not beside the rest
   */
  constructor(systemDir: string, postgresDir?: string) {
    this.#systemDir = systemDir;
    this.#postgresDir = postgresDir;
  }

  /** Starts all three; gives the settings of the system. Of the vendors, Northside alone: Lakeview needs a listener. */
  async start(vendors: 1 | 2 = 1): Promise<NodeJS.ProcessEnv> {
    this.#templates = TEMPLATES.slice(0, vendors);
    this.#database = await this.#startDatabase({});
    this.#chain = await this.#startChain('0');
    const sources = await this.#startVendor('0');
    this.#env = { ...this.#chain.env, DATABASE_URL: this.#database.url, SOURCES_FILE: sources };
    return this.#env;
  }

  async dispose(): Promise<void> {
    await this.#chain?.stop().catch(() => undefined);
    await this.#database?.stop().catch(() => undefined);
    this.#vendor?.child.kill('SIGKILL');
    await this.lakeview.break();
    await clearDataDir(this.#folder);
  }

  readonly database: Outage = {
    break: async () => this.#database?.stop(),
    unbreak: async () => {
      const port = new URL(this.#database?.url ?? '').port;
      this.#database = await this.#startDatabase({ PG_PORT: port });
    },
  };

  readonly chain: Outage = {
    break: async () => this.#chain?.stop(),
    unbreak: async () => {
      this.#chain = await this.#startChain(new URL(this.#chain?.rpcUrl ?? '').port);
    },
  };

  readonly vendor: Outage = {
    break: () => killed(this.#vendor?.child),
    unbreak: async () => {
      await this.#startVendor(this.#vendor?.port ?? '0');
    },
  };

  /** `proviso audit --json` of the database, with the keys of a system. */
  audit(system: Pick<System, 'file' | 'proviso'>): Promise<Ended> {
    const options = flags({ database: this.#env['DATABASE_URL'] ?? '', policy: system.file('policy.txt') });
    return system.proviso('audit', ...options, '--json');
  }

  /** Tells the vendor to misbehave; no fault: to behave again. */
  async misbehave(...faults: readonly object[]): Promise<void> {
    await this.#admin('faults', faults);
  }

  /** Changes or adds a resource at the vendor. */
  async chart(resource: object): Promise<void> {
    await this.#admin('resources', resource);
  }

  async #admin(path: string, body: unknown): Promise<void> {
    const { status } = await fetch(`${this.#vendor?.adminUrl ?? ''}/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ADMIN_LIMIT_MS),
    });
    if (status !== 200) throw new Error(`The vendor answers ${status} to PUT ${path}.`);
  }

  #startDatabase(env: Readonly<Record<string, string>>): Promise<DatabasePart> {
    const own = this.#postgresDir === undefined ? {} : { PG_DATA_DIR: this.#postgresDir };
    return startDatabase(configOf({ DATA_DIR: this.#folder, ...own, ...env }), () => undefined);
  }

  #startChain(port: string): Promise<ChainPart> {
    const keyring = keyringOf(configOf({ DATA_DIR: this.#systemDir }));
    return startChain(configOf({ DATA_DIR: this.#folder, CHAIN_PORT: port }), keyring);
  }

  /** Gives the file that describes the vendor, whose copies are old after a second. */
  async #startVendor(port: string): Promise<string> {
    const folder = join(this.#folder, 'sources');
    const key = accountKey(folder);
    const child = spawn(process.execPath, [VENDOR], {
      env: environment({ ...vendorEnv(key), PORT: port, RATE_PER_MINUTE: '100000' }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ready = readySchema.parse(await firstLine(child.stdout));
    this.#vendor = { child, adminUrl: ready.adminUrl, port: new URL(ready.fhirBase).port };
    const { profileFile } = writeProfiles(folder, key, ready, this.#templates);
    const text = readFileSync(profileFile, 'utf8').replace(/"freshnessS": \d+/, '"freshnessS": 1');
    writeFileSync(profileFile, text);
    return profileFile;
  }
}

function configOf(env: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig(env);
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  return loaded.config;
}
