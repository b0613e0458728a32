import type { Logger } from 'pino';
import { whileLeading } from '../../../ledger/src/leader-lock.js';
import { checksOfChain } from '../../../ledger/src/monitor/checks-of-chain.js';
import { checksOfLog } from '../../../ledger/src/monitor/checks-of-log.js';
import { checksOfStore } from '../../../ledger/src/monitor/checks-of-store.js';
import type { Integrity } from '../../../ledger/src/monitor/integrity.js';
import { Monitor } from '../../../ledger/src/monitor/monitor.js';
import { freshnessOf } from './freshness.js';
import { monitorSources, type MonitoredNode } from './monitor-sources.js';

const MS_PER_S = 1_000;

/** What a node's monitor is made of. */
export interface MonitorParts extends MonitoredNode {
  readonly integrity: Integrity;
  readonly log: Logger;
  readonly clock: () => number;
}

/** The monitor over a node's stores and chain; not yet started. */
export function startMonitor(parts: MonitorParts): { start(): void; stop(): Promise<void> } {
  const { config, ground, integrity, log, clock } = parts;
  const sources = monitorSources(parts);
  const settings = {
    gateway: config.GATEWAY_ID,
    everyMs: config.MONITOR_EVERY_S * MS_PER_S,
    samplePerMinute: config.MONITOR_SAMPLE,
    anchorEveryMs: config.ANCHOR_EVERY_S * MS_PER_S,
    followerMaxLagMs: config.FOLLOWER_MAX_LAG_S * MS_PER_S,
    writeOpenMs: config.WRITE_OPEN_ALARM_S * MS_PER_S,
    ...freshnessOf(config),
    clock,
  };
  const monitor = new Monitor({
    everywhere: checksOfLog(sources),
    leading: [...checksOfStore(sources, settings), ...checksOfChain(sources, settings)],
    lead: (signal, work) =>
      config.NODE_ROLES.includes('ledger')
        ? whileLeading(ground.pool, `proviso/monitor/${config.TENANT}`, signal, work)
        : Promise.resolve(),
    integrity,
    everyMs: settings.everyMs,
    report: (check, error) => log.warn({ check, err: error }, 'a check could not look'),
  });
  return {
    start: () => monitor.start(),
    stop: async () => {
      await monitor.stop();
      sources.close();
    },
  };
}
