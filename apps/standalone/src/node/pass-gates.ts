import { isExposed } from '#config';
import { PlannerStatistics } from '#store';
import { headsOnChain, passChainGate } from './chain-gate.js';
import type { NodeOptions } from './node-options.js';
import { openIncidents } from './incidents.js';
import { openIntegrity } from './open-integrity.js';
import { accountsOf, openLedgerChain, pinnedOf } from './open-ledger.js';
import { SealedTime } from './sealed-time.js';
import { openGround, openLog } from './storage.js';
import { storesOf } from './stores.js';

/** What every role of a node rests on, once its gates have opened. */
export type OpenedNode = Awaited<ReturnType<typeof passGates>>;

/** Database, chain and log, once their gates have opened: what is pinned is there, and the log is as it was left. */
export async function passGates({ config, keyring, log, metrics }: NodeOptions, clock: () => number) {
  const incident = openIncidents(log, metrics);
  const ground = openGround(config, keyring);
  const stores = storesOf(ground, { config, keyring }, clock);
  const pinned = pinnedOf(config);
  const chain = openLedgerChain(pinned, stores, { config, keyring, log, clock });
  const accounts = accountsOf(keyring);
  await passChainGate(chain, stores.projection, { pinned, production: isExposed(config), accounts, log });
  const stored = () => lastSealed(ground.pool, config.TENANT);
  const lastSealedMs = await stored();
  const known = await headsOnChain(chain, pinned, log);
  const statistics = new PlannerStatistics(ground.pool, (error) => log.warn({ err: error }, 'statistics'));
  const sqlLog = await openLog(ground, { config, keyring, incident, clock, statistics }, known);
  statistics.start();
  const sealed = new SealedTime(sqlLog, lastSealedMs, stored);
  const integrity = openIntegrity(incident, log, (why) => sqlLog.halt(why));
  const close = async () => {
    await sqlLog.close();
    await statistics.stop();
    chain.close();
    await ground.quick.end();
    await ground.pool.end();
  };
  return { ground, stores, pinned, chain, sealed, integrity, incident, close };
}

/** Time of the newest record of any process, epoch milliseconds; 0 before the first. */
async function lastSealed(
  pool: { query(query: object): Promise<{ rows: { last_time: number }[] }> },
  tenant: string,
): Promise<number> {
  const text = 'select last_time from log_head where tenant = $1';
  const { rows } = await pool.query({ name: 'last sealed', text, values: [tenant] });
  return rows[0]?.last_time ?? 0;
}
