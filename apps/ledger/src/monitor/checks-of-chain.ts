import { anchorsWithheldCheck } from './anchors-withheld.js';
import { chainResetCheck } from './chain-reset.js';
import type { Check } from './check.js';
import { confirmed } from './confirmed.js';
import { eventsDisagreeCheck } from './events-disagree.js';
import { foreignAnchorCheck } from './foreign-anchor.js';
import { frozenLogCheck } from './frozen-log.js';
import type { MonitorSettings, MonitorSources } from './monitor-sources.js';
import { nodesDisagreeCheck } from './nodes-disagree.js';
import { paced } from './paced.js';
import { projectionLagCheck } from './projection-lag.js';
import { wordsDifferCheck } from './words-differ.js';

const MINUTE_MS = 60_000;

/** The checks of the chain, of what is anchored on it and of what is projected from it: for one process at a time. */
export function checksOfChain(sources: MonitorSources, settings: MonitorSettings): readonly Check[] {
  const { contract, logId, nodes, finality, projection } = sources;
  const { anchorEveryMs, clock } = settings;
  return [
    confirmed(chainResetCheck(sources)),
    frozenLogCheck(contract, logId),
    anchorsWithheldCheck({ ...sources, anchorEveryMs, clock }),
    foreignAnchorCheck(sources),
    confirmed(nodesDisagreeCheck(nodes, finality)),
    confirmed(eventsDisagreeCheck({ ...sources, contract: sources.pinned.consentRegistry })),
    confirmed(projectionLagCheck(projection, settings)),
    paced(wordsDifferCheck(sources), MINUTE_MS, clock),
  ];
}
