import type { KeyedWriteStore } from '#store';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** Findings of one round. */
const MOST = 100;

/** Looks for writes to sources that stay open: nobody found out whether the source took them. */
export function openWritesCheck(
  writes: Pick<KeyedWriteStore, 'unsettled'>,
  settings: { readonly writeOpenMs: number; readonly clock: () => number },
): Check {
  return {
    name: 'open-writes',
    look: async () => {
      const openedBeforeMs = settings.clock() - settings.writeOpenMs;
      const open = await writes.unsettled({ openedBeforeMs, nowMs: Infinity, limit: MOST });
      return open.map(({ id, target: { source } }): MonitorFinding => ({
        kind: 'write-open',
        write: id,
        source,
      }));
    },
  };
}
