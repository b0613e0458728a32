import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import type { Config, Keyring } from '#config';
import { GatewayError } from '#outcome';
import {
  checkpointSigner,
  parsePolicy,
  recordSigner,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
  type Policy,
  type TreeHead,
} from '#provenance';
import {
  applyChanges,
  Lanes,
  openPool,
  RowMac,
  SqlKeyVault,
  SqlLogStore,
  type ApplyContext,
  type KnownHead,
  type PlannerStatistics,
} from '#store';
import { missingInPolicy, originOf, policyPath } from '../policy-file.js';
import type { ReportIncident } from './incidents.js';

const MS_PER_S = 1_000;

/** The pool and what goes with it, before the log is opened. */
export interface Ground {
  readonly pool: Pool;
  /** For short statements. */
  readonly quick: Lanes;
  readonly context: ApplyContext;
  readonly vault: SqlKeyVault;
  readonly policy: Policy;
}

/** Connects to the database and reads whom a verifier trusts. */
export function openGround(config: Config, keyring: Keyring): Ground {
  if (config.DATABASE_URL === undefined)
    throw new GatewayError('internal', { details: 'DATABASE_URL must be given.' });
  const connection = {
    url: config.DATABASE_URL,
    tenant: config.TENANT,
    timeoutMs: config.DATABASE_TIMEOUT_MS,
  };
  const pool = openPool({ ...connection, max: config.DATABASE_CONNECTIONS });
  const quick = new Lanes(connection);
  const context = { tenant: config.TENANT, mac: new RowMac(keyring.storeMac) };
  const vault = new SqlKeyVault({ pool, tenant: config.TENANT, rootKey: keyring.vaultRoot });
  const policy = parsePolicy(readFileSync(policyPath(config), 'utf8'));
  const missing = missingInPolicy(policy, config, keyring);
  if (missing.length > 0) {
    throw new GatewayError('internal', {
      details: `The policy lacks the keys of this process: ${missing.join('; ')}`,
    });
  }
  return { pool, quick, context, vault, policy };
}

/** Opens the log. Throws `internal`, naming every fault, where it is not as it was left. */
export async function openLog(
  ground: Ground,
  options: {
    readonly config: Config;
    readonly keyring: Keyring;
    readonly incident: ReportIncident;
    readonly clock: () => number;
    readonly statistics: PlannerStatistics;
  },
  known: readonly KnownHead[],
): Promise<SqlLogStore> {
  const { config, keyring, incident, clock, statistics } = options;
  const origin = originOf(config);
  const signer = checkpointSigner(origin, SIGNATURE_TYPE.ed25519, keyring.log.privateKey);
  const opened = await SqlLogStore.open(
    {
      pool: ground.pool,
      tenant: config.TENANT,
      origin,
      gateway: config.GATEWAY_ID,
      signer: recordSigner(keyring.gateway.privateKey, origin),
      vault: ground.vault,
      apply: (client, items) => applyChanges(client, ground.context, items),
      signCheckpoint: (head: TreeHead) =>
        signCheckpoint(writeCheckpointText(head), [signer], BigInt(Math.floor(clock() / MS_PER_S))),
      highWaterPath: join(config.DATA_DIR, 'high-water.json'),
      incident: ({ kind, ...detail }) => incident(kind, detail),
      changed: (changes) => statistics.note(changes),
      now: clock,
      maxWaiting: config.QUEUE_MAX,
    },
    ground.policy,
    known,
  );
  if (opened.kind === 'open') return opened.log;
  const faults = opened.faults.map((fault) =>
    JSON.stringify(fault, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
  throw new GatewayError('internal', { details: `The log is not as it was left: ${faults.join(' ')}` });
}
