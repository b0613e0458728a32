import type { Check } from './check.js';
import { confirmed } from './confirmed.js';
import type { MonitorSettings, MonitorSources } from './monitor-sources.js';
import { newestRecordsCheck } from './newest-records.js';
import { sampleCheck } from './sample.js';
import { vanishedGatewaysCheck } from './vanished-gateways.js';

const MINUTE_MS = 60_000;

/** The checks of what is stored: for one process at a time. */
export function checksOfStore(
  { sampler, unheldSessions }: Pick<MonitorSources, 'sampler' | 'unheldSessions'>,
  { gateway, everyMs, samplePerMinute }: MonitorSettings,
): readonly Check[] {
  return [
    confirmed(vanishedGatewaysCheck(unheldSessions, gateway)),
    newestRecordsCheck(sampler),
    sampleCheck(sampler, Math.ceil((samplePerMinute * everyMs) / MINUTE_MS)),
  ];
}
