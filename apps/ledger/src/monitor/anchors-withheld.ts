import { RpcError, type Finality, type Node } from '#chain';
import type { AnchorPlace, SqlAnchorLog } from '#store';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';
import { storedHead, type StoredLog } from './stored-log.js';

/** So many cadences may pass without a final anchor. */
const CADENCES = 3;
/** A chain that needs longer than that to be final counts as one that is not. */
const LONGEST_FINALITY_MS = 30 * 60_000;
const MS_PER_S = 1_000;

/** How long the oldest record without a final anchor has waited. */
export interface WithheldReading {
  /** The first record that no final anchor covers; `undefined` where there is none. */
  readonly open: { readonly index: bigint; readonly timeMs: number } | undefined;
  /** Since when somebody looks: while no gateway ran, nobody anchored. Epoch milliseconds. */
  readonly watchingSinceMs: number;
  readonly nowMs: number;
  /** Time between two anchors. */
  readonly everyMs: number;
  /** Age of the newest final block, as the newest block sees it. */
  readonly finalityMs: number;
}

/** No record waits longer for a final anchor than three cadences and the chain's finality. */
export function judgeWithheld(reading: WithheldReading): readonly MonitorFinding[] {
  const { open, watchingSinceMs, nowMs, everyMs, finalityMs } = reading;
  if (open === undefined) return [];
  const waitedMs = nowMs - Math.max(open.timeMs, watchingSinceMs);
  const limitMs = CADENCES * everyMs + Math.min(finalityMs, LONGEST_FINALITY_MS);
  return waitedMs > limitMs ? [{ kind: 'anchors-withheld', from: open.index }] : [];
}

/** What the check reads from. */
export interface WithheldSources {
  readonly log: StoredLog;
  readonly anchors: Pick<SqlAnchorLog, 'newestFinal'>;
  readonly place: AnchorPlace;
  readonly node: Pick<Node, 'header'>;
  readonly finality: Finality;
  readonly anchorEveryMs: number;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** Looks whether the chain, or whoever stands before it, keeps anchors from being made while the log grows. */
export function anchorsWithheldCheck(sources: WithheldSources): Check {
  const { log, anchors, place, node, finality, anchorEveryMs, clock } = sources;
  let watchingSinceMs: number | undefined;
  let finalityMs = 0;
  return {
    name: 'anchors-withheld',
    look: async () => {
      watchingSinceMs ??= clock();
      finalityMs = (await readFinality(node, finality)) ?? finalityMs;
      const index = (await anchors.newestFinal(place))?.size ?? 0n;
      const size = (await storedHead(log))?.size ?? 0n;
      const timeMs = index < size ? await log.timeOf(index) : undefined;
      const open = timeMs === undefined ? undefined : { index, timeMs };
      return judgeWithheld({ open, watchingSinceMs, nowMs: clock(), everyMs: anchorEveryMs, finalityMs });
    },
  };
}

/** Milliseconds between the newest final block and the newest; `undefined` where the node does not say. */
async function readFinality(node: Pick<Node, 'header'>, finality: Finality): Promise<number | undefined> {
  try {
    const newest = await node.header('latest');
    if (newest === undefined) return undefined;
    const depth = finality === 'finalized' ? 0n : BigInt(finality.depth);
    const number = newest.number > depth ? newest.number - depth : 0n;
    const final = await node.header(finality === 'finalized' ? 'finalized' : number);
    return final === undefined ? undefined : (newest.time - final.time) * MS_PER_S;
  } catch (cause) {
    // A node that is silent withholds anchors as well: that must not blind this very check.
    if (cause instanceof RpcError) return undefined;
    throw cause;
  }
}
