import type { AnchorClient, AnchoredHead, Node } from '#chain';
import type { Hex } from '#consent';
import { fromHex } from '#digest';
import { sameBytes } from '#provenance';
import type { AnchorPlace, SqlAnchorLog } from '#store';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';
import { storedHead, type StoredLog } from './stored-log.js';

/** Blocks of one call (both ends counted, as providers count), and calls of one look: a node that was away long is caught up with over several looks. */
const BLOCKS = 2_000n;
const CALLS = 20;
/** Blocks that are read again, since the newest may be reorganised. */
const OVERLAP = 64n;
const MAX_SUSPECTS = 100;

/** An anchored head, beside what is stored of its size. */
interface ForeignReading {
  readonly head: AnchoredHead;
  /** Root of the stored tree at its size; `undefined` where the log is shorter, or gives none. */
  readonly root: Uint8Array | undefined;
  /** Root that we noted before we submitted a head of this size. */
  readonly noted: Uint8Array | undefined;
}

/** A head on the chain is one that the log has, or had: else somebody else signs with the operator's key. */
function judgeForeign({ head, root, noted }: ForeignReading): readonly MonitorFinding[] {
  const anchored = bytesOf(head.root);
  const isOurs = [root, noted].some((known) => known !== undefined && sameBytes(known, anchored));
  const { size, block, transaction } = head;
  return isOurs ? [] : [{ kind: 'foreign-anchor', size, block, transaction }];
}

/** What the check reads from. */
export interface ForeignSources {
  readonly node: Pick<Node, 'blockNumber'>;
  readonly contract: Pick<AnchorClient, 'anchored'>;
  readonly log: StoredLog;
  readonly anchors: Pick<SqlAnchorLog, 'at' | 'newestFinal'>;
  readonly place: AnchorPlace;
  readonly logId: Hex;
  /** Block in which the contract was deployed. */
  readonly deployBlock: bigint;
}

/**
 * Follows the contract's events of this log, and keeps those in doubt until the log has them. It begins at the newest final
 * anchor: the contract took only heads that extend one another, so that what came before is in what came last.
 */
export function foreignAnchorCheck(sources: ForeignSources): Check {
  const { node, anchors, place, deployBlock } = sources;
  let next: bigint | undefined;
  let suspects: readonly AnchoredHead[] = [];
  return {
    name: 'foreign-anchor',
    look: async () => {
      const tip = await node.blockNumber();
      next ??= (await anchors.newestFinal(place))?.block ?? deployBlock;
      const { heads, until } = await readHeads(sources, next, tip);
      const judged = await judgeAll(sources, [...suspects, ...heads]);
      // only now: heads that could not be judged are read again
      next = until > OVERLAP ? until - OVERLAP : 0n;
      suspects = judged.suspects;
      return judged.findings;
    },
  };
}

async function readHeads(
  { contract, logId }: ForeignSources,
  from: bigint,
  tip: bigint,
): Promise<{ readonly heads: readonly AnchoredHead[]; readonly until: bigint }> {
  const heads: AnchoredHead[] = [];
  let at = from;
  for (let calls = 0; calls < CALLS && at <= tip; calls += 1) {
    const last = at + BLOCKS - 1n;
    const to = last < tip ? last : tip;
    heads.push(...(await contract.anchored(logId, at, to)));
    at = to + 1n;
  }
  return { heads, until: at };
}

async function judgeAll(
  { log, anchors }: ForeignSources,
  heads: readonly AnchoredHead[],
): Promise<{ readonly findings: readonly MonitorFinding[]; readonly suspects: readonly AnchoredHead[] }> {
  const distinct = new Map(heads.map((head) => [`${head.transaction} ${head.size}`, head]));
  if (distinct.size === 0) return { findings: [], suspects: [] };
  // After the events: a head that is on the chain was stored before.
  const stored = (await storedHead(log))?.size ?? 0n;
  const findings: MonitorFinding[] = [];
  const suspects: AnchoredHead[] = [];
  for (const head of distinct.values()) {
    const root = head.size > stored ? undefined : await log.rootAt(head.size);
    const found = judgeForeign({ head, root, noted: (await anchors.at(head.size))?.root });
    findings.push(...found);
    if (found.length > 0) suspects.push(head);
  }
  return { findings, suspects: suspects.slice(0, MAX_SUSPECTS) };
}

function bytesOf(hex: Hex): Uint8Array {
  return fromHex(hex.slice(2));
}
