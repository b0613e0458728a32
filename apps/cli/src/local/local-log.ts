import { join } from 'node:path';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Config, Keyring } from '#config';
import {
  checkpointSigner,
  recordSigner,
  SIGNATURE_TYPE,
  signCheckpoint,
  writeCheckpointText,
} from '#provenance';
import { applyChanges, SqlKeyVault, SqlLogStore, type ApplyContext, type SqlLogOptions } from '#store';
import { CommandError } from '../exit.js';
import { policyOf } from '../input-file.js';
import { knownHeads } from './heads-on-chain.js';
import { recordOf, type LocalAct } from './local-record.js';
import type { LocalSettings } from './local-settings.js';

const MS_PER_S = 1_000;
/** Names the command's sessions in the records, beside those of gateways. */
const GATEWAY = 'command';
const HEAD = z.array(z.object({ last_time: z.number() }));

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
      policyOf(config.POLICY_FILE ?? join(config.DATA_DIR, 'policy.txt')),
      await knownHeads({ config, keyring }, originOf(config), say),
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
): SqlLogOptions {
  const tenant = config.TENANT;
  const origin = originOf(config);
  const signer = checkpointSigner(origin, SIGNATURE_TYPE.ed25519, keyring.log.privateKey);
  const now = clockOf(config);
  return {
    pool,
    tenant,
    origin,
    gateway: GATEWAY,
    signer: recordSigner(keyring.gateway.privateKey, origin),
    vault: new SqlKeyVault({ pool, tenant, rootKey: keyring.vaultRoot }),
    apply: (client, items) => applyChanges(client, context, items),
    signCheckpoint: (head) =>
      signCheckpoint(writeCheckpointText(head), [signer], BigInt(Math.floor(now() / MS_PER_S))),
    highWaterPath: join(config.DATA_DIR, 'high-water.json'),
    incident: ({ kind }) => say(`log: ${kind}`),
    now,
  };
}

function originOf({ LOG_ORIGIN, TENANT }: Config): string {
  return `${LOG_ORIGIN}/log/${TENANT}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
