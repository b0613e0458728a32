import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config, Keyring } from '#config';
import { GatewayError } from '#outcome';
import { Child, type Ready } from './child.js';
import { keyringOf, startChain, type ChainPart } from './chain-part.js';
import { startDatabase, type DatabasePart } from './database-part.js';
import { startLakeview, type LakeviewPart, type MllpAddress } from './lakeview-part.js';
import { logIdentity, writePolicyFile, type LogIdentity } from './policy-file.js';
import { mllpSchema } from './ready.js';
import { accountKey, vendorEnv, writeProfiles, type VendorPart } from './vendor-part.js';

const READY_MS = 60_000;

/** What a supervisor needs to know. */
export interface SupervisorOptions {
  readonly config: Config;
  /** The environment that children get, beside what the supervisor sets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/** What runs, once all of it answers. */
export interface Running {
  readonly fhirBase: string;
  readonly tokenUrl: string;
  readonly database: DatabasePart;
  readonly chain: ChainPart;
  readonly vendor: VendorPart;
  /** Where messages of HL7 v2 are taken; `undefined` where no source speaks it. */
  readonly mllp: MllpAddress | undefined;
  /** The stand-in vendor that sends; `undefined` where the sources are not ours. */
  readonly lakeview: LakeviewPart | undefined;
  readonly log: LogIdentity;
}

/** The stand-in vendors by name. */
export type VendorName = 'northside' | 'lakeview';

/**
 * Runs the whole system on one machine: Postgres and a chain node where no URL is set, the stand-in vendors, and the
 * node process. Starts again what dies, and stops in the opposite order.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #database: DatabasePart | undefined;
  #chain: ChainPart | undefined;
  #vendor: VendorPart | undefined;
  readonly #vendors = new Map<VendorName, Child>();
  #node: Child | undefined;
  #port = 0;
  #mllp: MllpAddress | undefined;
  #isStopping = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Starts everything; resolves when everything answers. */
  async start(): Promise<Running> {
    const { config } = this.#options;
    const keyring = keyringOf(config);
    const [database, chain, vendor] = await this.#startParts(keyring);
    writePolicyFile(config, keyring, chain);
    const ready = await this.startNode({});
    const lakeview = await this.#startLakeview();
    const answers = {
      fhirBase: text(ready, 'fhirBase'),
      tokenUrl: text(ready, 'tokenUrl'),
      mllp: this.#mllp,
    };
    return { ...answers, database, chain, vendor, lakeview, log: logIdentity(config, keyring) };
  }

  /** Starts the node process, with settings that override the supervisor's own. */
  async startNode(overrides: Readonly<Record<string, string>>): Promise<Ready> {
    if (this.#isStopping) throw new GatewayError('internal', { details: 'The system is being stopped.' });
    const node = new Child({
      name: 'node',
      script: script('./node.main.js'),
      env: () => this.#nodeEnv(overrides),
      restart: true,
      readyMs: READY_MS,
      log: this.#options.log,
    });
    this.#node = node;
    const ready = await node.start();
    this.#port = Number(new URL(text(ready, 'fhirBase')).port);
    this.#mllp = mllpSchema.optional().parse(ready['mllp']);
    return ready;
  }

  /** Stops the node process alone; Postgres, chain and vendors go on. */
  async stopNode(): Promise<void> {
    await this.#node?.stop();
  }

  /** Stops a vendor alone, until it is started again. */
  async stopVendor(name: VendorName): Promise<void> {
    await this.#vendors.get(name)?.stop();
  }

  /** Starts a vendor that was stopped, at the same address. */
  async startVendor(name: VendorName): Promise<void> {
    if (this.#isStopping) throw new GatewayError('internal', { details: 'The system is being stopped.' });
    await this.#vendors.get(name)?.start();
  }

  /** Pid of the node process, for whoever wants to kill it. */
  get nodePid(): number | undefined {
    return this.#node?.pid;
  }

  /** Stops what runs and what is being started; may be called at any time, and again. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    // a terminal tells them all at once: one that ends before its turn is not missed
    for (const child of this.#vendors.values()) child.retire();
    this.#node?.retire();
    await this.#vendors.get('lakeview')?.stop();
    await this.#node?.stop();
    await this.#vendors.get('northside')?.stop();
    await this.#chain?.stop();
    await this.#database?.stop();
  }

  /** Each part is kept as soon as it runs, so that all of them can be stopped where one does not start. */
  async #startParts(keyring: Keyring): Promise<[DatabasePart, ChainPart, VendorPart]> {
    const { config, log } = this.#options;
    const starting = [
      startDatabase(config, log).then((part) => (this.#database = part)),
      startChain(config, keyring).then((part) => (this.#chain = part)),
      this.#startNorthside().then((part) => (this.#vendor = part)),
    ] as const;
    await Promise.allSettled(starting);
    return Promise.all(starting);
  }

  async #startNorthside(): Promise<VendorPart> {
    const { config, env, log } = this.#options;
    const folder = join(config.DATA_DIR, 'sources');
    const key = accountKey(folder);
    let port = config.DEMO_EHR_PORT;
    const child = new Child({
      name: 'demo-ehr',
      script: script('../../demo-ehr/src/main.js'),
      env: () => ({ ...env, PORT: String(port), ...vendorEnv(key) }),
      restart: true,
      readyMs: READY_MS,
      log,
    });
    this.#vendors.set('northside', child);
    const part = writeProfiles(folder, key, await child.start());
    port = Number(new URL(part.fhirBase).port);
    return part;
  }

  /** Lakeview sends to nobody's node but one whose sources are ours. */
  async #startLakeview(): Promise<LakeviewPart | undefined> {
    const { config, env, log } = this.#options;
    const mllp = this.#mllp;
    if (mllp === undefined || config.SOURCES_FILE !== undefined) return undefined;
    const part = await startLakeview({ env, mllp, log });
    this.#vendors.set('lakeview', part.child);
    if (this.#isStopping) await part.child.stop();
    return part;
  }

  #nodeEnv(overrides: Readonly<Record<string, string>>): Record<string, string | undefined> {
    const { env, config } = this.#options;
    if (this.#database === undefined || this.#chain === undefined) throw new GatewayError('internal');
    return {
      ...env,
      NODE_ROLES: undefined,
      DATA_DIR: config.DATA_DIR,
      PORT: String(this.#port === 0 ? config.PORT : this.#port),
      ...(this.#mllp === undefined ? {} : { MLLP_PORT: String(this.#mllp.port) }),
      DATABASE_URL_FILE: undefined,
      DATABASE_URL: this.#database.url,
      ...this.#chain.env,
      ...(this.#vendor === undefined
        ? {}
        : { SOURCES_FILE: config.SOURCES_FILE ?? this.#vendor.profileFile }),
      ...overrides,
    };
  }
}

function script(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

function text(ready: Ready, name: string): string {
  const value = ready[name];
  if (typeof value !== 'string')
    throw new GatewayError('internal', { details: `A part did not say its ${name}.` });
  return value;
}
