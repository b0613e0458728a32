import { LogReader, SqlFollowerPositions, type FollowerLag } from '#store';
import { FollowerFigures } from '../../../ledger/src/follow/follower-figures.js';
import { FollowerRunner } from '../../../ledger/src/follow/follower-runner.js';
import { whileLeadingEach } from '../../../ledger/src/leader-lock.js';
import { LogGrowth } from '../../../ledger/src/follow/log-growth.js';
import type { FollowedNode } from './followed-node.js';
import { followersOf } from './followers-of.js';

const MS_PER_S = 1_000;

/** A node's followers of the log. */
export interface NodeFollowers {
  start(): void;
  /** Ends after the batches that are under way. */
  stop(): Promise<void>;
  /** What each has before it, whichever process leads it. */
  lags(): Promise<readonly FollowerLag[]>;
}

/** The followers of a node's log; not yet started. */
export function startFollowers(node: FollowedNode): NodeFollowers {
  const { config, ground, stores, sealed, log, metrics, incident, clock } = node;
  const positions = new SqlFollowerPositions(ground.pool, config.TENANT);
  const opened = followersOf(node, positions);
  const { followers } = opened;
  const lags = () => positions.lags(followers.map(({ name }) => name));
  const figures = new FollowerFigures({ metrics, lags, clock });
  const reader = new LogReader(ground.pool, config.TENANT);
  const growth = new LogGrowth({
    size: async () => (await reader.head()).size,
    pollMs: config.FOLLOWER_POLL_MS,
  });
  sealed.watch((size) => growth.note(size));
  const runner = new FollowerRunner({
    followers,
    lead: leadersIn(node),
    growth,
    open: (from, to, reads) => stores.records.openRange(from, to, reads),
    batch: config.FOLLOWER_BATCH,
    maxPauseMs: config.FOLLOWER_MAX_PAUSE_S * MS_PER_S,
    listener: {
      handled: (follower, records) => figures.handled(follower, records),
      failed: (follower, error) => {
        figures.failed(follower);
        log.warn({ follower, err: error }, 'a follower could not go on, and tries again');
      },
      stuck: (follower, index) => incident('follower-stuck', { follower, index: String(index) }),
    },
  });
  const stop = async () => {
    await runner.stop();
    await opened.close();
  };
  return { start: () => runner.start(), stop, lags };
}

/** One leader for each follower among all processes of the tenant. */
function leadersIn({ config, ground }: FollowedNode) {
  const prefix = `proviso/follower/${config.TENANT}/`;
  return (
    names: readonly string[],
    signal: AbortSignal,
    work: (name: string, signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    const locks = names.map((name) => prefix + name);
    return whileLeadingEach(ground.pool, locks, signal, (lock, term) =>
      work(lock.slice(prefix.length), term),
    );
  };
}
