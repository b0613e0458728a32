import { randomBytes } from 'node:crypto';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Config, Keyring } from '#config';
import { uuidv7 } from '#digest';
import {
  checkpointSigner,
  ENTRY_CLASS,
  recordSigner,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
  type SealableRecord,
  type SubjectDraft,
} from '#provenance';
import { applyChanges, SqlKeyVault, SqlLogStore, type ApplyContext } from '#store';
import { CommandError } from '../exit.js';
import { policyOf } from '../input-file.js';
import type { LocalSettings } from './local-settings.js';

const MS_PER_S = 1_000;
/** Names the command's sessions in the records, beside those of gateways. */
const GATEWAY = 'command';
const HEAD = z.array(z.object({ last_time: z.number() }));

/** What a steward did without a gateway. */
export interface LocalAct {
  readonly interaction: string;
  /** What was asked; committed to, never kept. */
  readonly parameters: readonly string[];
  readonly subjects: readonly SubjectDraft[];
}

/** The log of a gateway that is down: what is done meanwhile is sealed in it too. */
export class LocalLog {
  readonly #log: SqlLogStore;
  readonly #pool: Pool;
  readonly #config: Config;

  private constructor(log: SqlLogStore, pool: Pool, config: Config) {
    this.#log = log;
    this.#pool = pool;
    this.#config = config;
  }

  /** Opens the log through its gate. Ends the command where it is not as it was left: then nothing may be done. */
  static async open(
    { config, keyring }: LocalSettings,
    pool: Pool,
    context: ApplyContext,
  ): Promise<LocalLog> {
    const opened = await SqlLogStore.open(
      logOptions(config, keyring, { pool, context }),
      policyOf(join(config.DATA_DIR, 'policy.txt')),
      [],
    );
    if (opened.kind === 'open') return new LocalLog(opened.log, pool, config);
    const faults = opened.faults.map(({ kind }) => kind).join(', ');
    throw new CommandError(`The log is not as it was left: ${faults}; nothing is done.`);
  }

  /** Seals an act, class 06. It is durable when this resolves. */
  async seal(act: LocalAct): Promise<void> {
    const { rows } = await this.#pool.query('select last_time from log_head where tenant = $1', [
      this.#config.TENANT,
    ]);
    const timeMs = Math.max(clockOf(this.#config)(), HEAD.parse(rows)[0]?.last_time ?? 0);
    await this.#log.append([{ record: recordOf(act, timeMs), writes: [] }]);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}

/** Epoch milliseconds, as the gateway of these settings tells them. */
export function clockOf(config: Config): () => number {
  return () => Date.now() + config.DEV_CLOCK_OFFSET_S * MS_PER_S;
}

function logOptions(
  config: Config,
  keyring: Keyring,
  { pool, context }: { readonly pool: Pool; readonly context: ApplyContext },
) {
  const tenant = config.TENANT;
  const origin = `${config.LOG_ORIGIN}/log/${tenant}`;
  const signer = checkpointSigner(origin, SIGNATURE_TYPE.ed25519, keyring.log.privateKey);
  const now = clockOf(config);
  return {
    pool,
    tenant,
    origin,
    gateway: GATEWAY,
    signer: recordSigner(keyring.gateway.privateKey, origin),
    vault: new SqlKeyVault({ pool, tenant, rootKey: keyring.vaultRoot }),
    apply: (...[client, items]: Parameters<ApplyItems>) => applyChanges(client, context, items),
    signCheckpoint: (head: Parameters<typeof writeCheckpointText>[0]) =>
      signCheckpoint(writeCheckpointText(head), [signer], BigInt(Math.floor(now() / MS_PER_S))),
    highWaterPath: join(config.DATA_DIR, 'high-water.json'),
    incident: ({ kind }: { readonly kind: string }) => void process.stderr.write(`log: ${kind}\n`),
    now,
  };
}

type ApplyItems = (
  client: Parameters<typeof applyChanges>[0],
  items: Parameters<typeof applyChanges>[2],
) => Promise<void>;

function recordOf({ interaction, parameters, subjects }: LocalAct, timeMs: number): SealableRecord {
  const id = uuidv7(timeMs, randomBytes(10));
  const time = new Date(timeMs).toISOString();
  return {
    class: ENTRY_CLASS.configuration,
    op: { id, time, phase: 'single', interaction, outcome: 'permit', status: 200, block: null },
    actor: {
      client: null,
      // whoever may read the keys is believed: there is nobody to log in to
      user: `account:${userInfo().username}`,
      organization: null,
      roles: ['steward'],
      purpose: null,
      tokenHash: null,
      thumbprint: null,
    },
    request: {
      method: 'LOCAL',
      path: '/inbox',
      parameters: Buffer.from(JSON.stringify(parameters), 'utf8'),
      requestId: id,
      intent: null,
    },
    subjects,
  };
}
