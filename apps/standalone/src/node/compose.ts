import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { isExposed, type Config, type Keyring } from '#config';
import type { PartsProbe } from '#http';
import type { AuthorizationServer } from '#oauth';
import { PlannerStatistics } from '#store';
import type { Parts } from '../../../gateway/src/parts.js';
import { authorizationServer, registerFirstClients } from './access.js';
import type { Addresses } from './addresses.js';
import { openIncidents } from './incidents.js';
import { openIntegrity } from './open-integrity.js';
import { headsOnChain, passChainGate } from './chain-gate.js';
import { openLedgerChain, pinnedOf } from './open-ledger.js';
import { makeParts } from './make-parts.js';
import { partsProbes } from './probes.js';
import { SealedTime } from './sealed-time.js';
import { startIntake, type MessagesAddress } from './start-intake.js';
import { startLedger } from './start-ledger.js';
import { startMonitor } from './start-monitor.js';
import { openGround, openLog } from './storage.js';
import { storesOf } from './stores.js';
import { UnidentifiedTally } from './unidentified-tally.js';

const SWEEP_MS = 60_000;
const MS_PER_S = 1_000;

/** A node, wired and past its gates, before it listens. */
export interface ComposedNode {
  readonly parts: Parts;
  readonly authorization: AuthorizationServer;
  readonly probes: readonly PartsProbe[];
  /** Begins to follow the chain, to pull from sources and to take messages; gives where, if any source sends some. */
  start(): Promise<MessagesAddress | undefined>;
  /** Stops in the opposite order; the log's session is closed last. */
  stop(): Promise<void>;
}

/** What a node is composed from. */
export interface NodeOptions {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly addresses: Addresses;
  readonly log: Logger;
  readonly metrics: Registry;
}

/** Wires a node: database, chain, log, sources and access. Throws, naming what is wrong, where a gate does not open. */
export async function composeNode(options: NodeOptions): Promise<ComposedNode> {
  const { config, keyring, addresses, log } = options;
  const clock = () => Date.now() + config.DEV_CLOCK_OFFSET_S * MS_PER_S;
  const opened = await passGates(options, clock);
  const { ground, stores, chain, sealed, integrity } = opened;
  await registerFirstClients(config.CLIENTS_FILE, stores.tokens, sealed.log);
  const report = (error: unknown) => log.error({ err: error }, 'tally');
  const tally = new UnidentifiedTally(sealed.log, { clock, random }, report);
  const ledger = startLedger({ ...options, ...opened, sealed: sealed.log });
  const monitor = startMonitor({ ...options, ...opened, clock });
  const { inbox } = stores;
  const intake = await startIntake({ ...options, ...opened, inbox, sealed: sealed.log, clock, random });
  const authorization = authorizationServer(config, addresses, { keyring, tokens: stores.tokens, log });
  const sweep = () => void stores.tokens.sweep(Date.now()).catch(() => undefined);
  const sweeper = setInterval(sweep, SWEEP_MS).unref();
  return {
    parts: makeParts({ ...options, ...opened, clock, random, tally, ledger, intake, authorization }),
    authorization,
    probes: partsProbes({ config, ground, chain, stores, clock, health: intake.health, integrity }),
    start: async () => {
      ledger.start();
      monitor.start();
      return intake.start();
    },
    stop: async () => {
      clearInterval(sweeper);
      await intake.stop();
      await monitor.stop();
      await tally.stop();
      await ledger.stop();
      await opened.close();
    },
  };
}

/** Database, chain and log, once their gates have opened: what is pinned is there, and the log is as it was left. */
async function passGates({ config, keyring, log, metrics }: NodeOptions, clock: () => number) {
  const incident = openIncidents(log, metrics);
  const ground = openGround(config, keyring);
  const stores = storesOf(ground, keyring, clock);
  const pinned = pinnedOf(config);
  const chain = openLedgerChain(pinned, stores, { config, keyring, log, clock });
  await passChainGate(chain, stores.projection, { pinned, production: isExposed(config), log });
  const lastSealedMs = await lastSealed(ground.pool, config.TENANT);
  const known = await headsOnChain(chain, pinned, log);
  const statistics = new PlannerStatistics(ground.pool, (error) => log.warn({ err: error }, 'statistics'));
  const sqlLog = await openLog(ground, { config, keyring, incident, clock, statistics }, known);
  statistics.start();
  const sealed = new SealedTime(sqlLog, lastSealedMs);
  const integrity = openIntegrity(incident, log, (why) => sqlLog.halt(why));
  const close = async () => {
    await sqlLog.close();
    await statistics.stop();
    chain.close();
    await ground.pool.end();
  };
  return { ground, stores, pinned, chain, sealed, integrity, incident, close };
}

function random(bytes: number): Uint8Array {
  return randomBytes(bytes);
}

/** Time of the newest record, epoch milliseconds; 0 before the first. */
async function lastSealed(
  pool: { query(text: string, values: unknown[]): Promise<{ rows: { last_time: number }[] }> },
  tenant: string,
): Promise<number> {
  const { rows } = await pool.query('select last_time from log_head where tenant = $1', [tenant]);
  return rows[0]?.last_time ?? 0;
}
