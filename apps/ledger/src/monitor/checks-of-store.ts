import type { Check } from './check.js';
import { confirmed } from './confirmed.js';
import type { MonitorSettings, MonitorSources } from './monitor-sources.js';
import { followerLagCheck } from './follower-lag.js';
import { newestRecordsCheck } from './newest-records.js';
import { openWritesCheck } from './open-writes.js';
import { sampleCheck } from './sample.js';
import { vanishedGatewaysCheck } from './vanished-gateways.js';

const MINUTE_MS = 60_000;

/** The checks of what is stored: for one process at a time. */
export function checksOfStore(
  sources: Pick<MonitorSources, 'sampler' | 'unheldSessions' | 'followerLags' | 'writes'>,
  settings: MonitorSettings,
): readonly Check[] {
  const { sampler, unheldSessions, followerLags, writes } = sources;
  const { gateway, everyMs, samplePerMinute } = settings;
  return [
    confirmed(vanishedGatewaysCheck(unheldSessions, gateway)),
    confirmed(followerLagCheck(followerLags, settings)),
    openWritesCheck(writes, settings),
    newestRecordsCheck(sampler),
    sampleCheck(sampler, Math.ceil((samplePerMinute * everyMs) / MINUTE_MS)),
  ];
}
