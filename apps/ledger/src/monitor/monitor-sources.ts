import type { AnchorClient, Finality, Node, RegistryClient } from '#chain';
import type { AgeBy, Hex, ProjectionStore } from '#consent';
import type { Policy } from '#provenance';
import type { AnchorPlace, FollowerLag, KeyedWriteStore, SqlAnchorLog, StoreSampler } from '#store';
import type { PinnedChain } from './chain-reset.js';
import type { StoredLog } from './stored-log.js';

/** What the checks read from. */
export interface MonitorSources {
  readonly log: StoredLog;
  readonly origin: string;
  readonly policy: Policy;
  readonly highWaterPath: string;
  readonly anchors: Pick<SqlAnchorLog, 'at' | 'newest' | 'newestFinal'>;
  readonly place: AnchorPlace;
  readonly logId: Hex;
  readonly contract: Pick<AnchorClient, 'head' | 'anchored'>;
  /** The node that the gateway follows. */
  readonly node: Node;
  /** Each endpoint by itself. */
  readonly nodes: readonly Pick<Node, 'header' | 'logs'>[];
  readonly pinned: PinnedChain;
  /** Block in which the anchor contract was deployed. */
  readonly deployBlock: bigint;
  /** Block in which the consent contract was deployed. */
  readonly consentDeployBlock: bigint;
  readonly finality: Finality;
  readonly projection: ProjectionStore;
  readonly registry: RegistryClient;
  readonly sampler: Pick<StoreSampler, 'sample' | 'newest'>;
  readonly unheldSessions: () => Promise<readonly string[]>;
  /** Writes that are open. */
  readonly writes: Pick<KeyedWriteStore, 'unsettled'>;
  /** What each follower of the log has before it. */
  readonly followerLags: () => Promise<readonly FollowerLag[]>;
}

/** How the checks judge. */
export interface MonitorSettings {
  /** Name of this gateway; its sessions begin with it. */
  readonly gateway: string;
  readonly everyMs: number;
  /** Versions, records and rows of each table that are verified in a minute. */
  readonly samplePerMinute: number;
  readonly anchorEveryMs: number;
  /** Age of a record that a follower has not handled, above which it is behind. */
  readonly followerMaxLagMs: number;
  /** Age of an open write to a source above which it is an incident. */
  readonly writeOpenMs: number;
  readonly stalenessMs: number;
  readonly ageBy: AgeBy;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}
