import { readHighWater, type KnownHead } from '#store';
import type { Check } from './check.js';
import { headOnChain } from './head-on-chain.js';
import type { MonitorSources } from './monitor-sources.js';
import { rememberedHeadCheck } from './remembered-head.js';
import { storedHeadCheck } from './stored-head.js';

/** What the checks of the log read from. */
type LogSources = Pick<
  MonitorSources,
  'log' | 'origin' | 'policy' | 'highWaterPath' | 'anchors' | 'contract' | 'logId'
>;

/** The checks of the log by itself and against what others remember of it: for every process. */
export function checksOfLog(sources: LogSources): readonly Check[] {
  const { log, origin, policy, highWaterPath, anchors } = sources;
  return [
    storedHeadCheck({ log, origin, policy }),
    rememberedHeadCheck('chain', () => headOnChain(sources.contract, sources.logId), log),
    rememberedHeadCheck('high-water', () => headInFile(highWaterPath), log),
    rememberedHeadCheck('anchor', async () => knownHead('anchor', await anchors.newest()), log),
  ];
}

/** A file that cannot be read is the start-up gate's: here it says nothing. */
async function headInFile(path: string): Promise<KnownHead | undefined> {
  const mark = await readHighWater(path);
  return mark.kind === 'mark' ? knownHead('high-water', mark.head) : undefined;
}

function knownHead(
  source: KnownHead['source'],
  head: { readonly size: bigint; readonly root: Uint8Array } | undefined,
): KnownHead | undefined {
  return head === undefined ? undefined : { source, size: head.size, root: head.root };
}
