import { mkdirSync, readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { gatewayKeyOf, type Config } from '#config';
import { GatewayError } from '#outcome';
import { parsePolicy, rawPublicKey } from '#provenance';
import { migrate } from '#store';
import { beginLog } from './begin-log.js';
import { startChain } from './chain-part.js';
import { trialClients, writeRegistrations } from './clients.js';
import { missingInPolicy, policyPath, writePolicyFile, type NamedGateway } from './policy-file.js';
import type { Settings } from './settings.js';

/** What is to be set up beside what the settings say. */
export interface SetUpWish {
  /** Names of the processes that will append to the log: a key is made for each, and the policy names it. */
  readonly gateways: readonly string[];
  /** Registers the trial clients, with their private keys in `DATA_DIR/clients`. */
  readonly trialClients: boolean;
}

/** What was found or made. */
export interface SetUpReport {
  /** Migrations that were applied now. */
  readonly migrations: readonly string[];
  readonly policy: string;
  readonly gateways: readonly string[];
}

const GATEWAY = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * Makes everything that processes of one system share, so that they may start in any order and all at once: schema and
 * roles of the database, keys, the policy, the head of the log, the projection's beginning, and the first clients. What is
 * there already is left as it is; two that run at once wait for each other. Throws where the policy lacks a key: nobody but a person adds to whom verifiers trust.
 */
export async function setUp(settings: Settings, wish: SetUpWish, log: Logger): Promise<SetUpReport> {
  const { config } = settings;
  if (config.DATABASE_URL === undefined || config.CHAIN_MODE !== 'external') {
    throw new GatewayError('internal', { details: 'DATABASE_URL and CHAIN_MODE=external must be given.' });
  }
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o755 });
  const others = wish.gateways.map((name) => namedGateway(config, name));
  const migrations = await migrate(config.DATABASE_URL, async () => {
    await writePolicy(settings, others);
    await beginLog({ ...settings, config: { ...config, CLIENTS_FILE: clientsFile(config, wish) } }, log);
  });
  return { migrations, policy: policyPath(config), gateways: others.map(({ name }) => name) };
}

async function writePolicy({ config, keyring }: Settings, others: readonly NamedGateway[]): Promise<void> {
  const file = writePolicyFile(config, keyring, await startChain(config, keyring), others);
  const policy = parsePolicy(readFileSync(file, 'utf8'));
  const missing = missingInPolicy(policy, config, keyring, others);
  if (missing.length === 0) return;
  throw new GatewayError('internal', {
    details: `${file} lacks, and only you may add: ${missing.join('; ')}`,
  });
}

function namedGateway(config: Config, name: string): NamedGateway {
  if (!GATEWAY.test(name))
    throw new GatewayError('internal', { details: `${name} is no name for a gateway.` });
  return { name, publicKey: rawPublicKey(gatewayKeyOf(config, name).publicKey) };
}

function clientsFile(config: Config, wish: SetUpWish): string | undefined {
  if (!wish.trialClients) return config.CLIENTS_FILE;
  return writeRegistrations(config.DATA_DIR, trialClients(config.DATA_DIR));
}
