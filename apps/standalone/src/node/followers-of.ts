import type { Follower } from '#provenance';
import { AccessIndexWriter, sqlFollower, type SqlFollowerPositions } from '#store';
import type { FollowedNode } from './followed-node.js';
import { openEvents } from './open-events.js';

/** A node's followers, and what ends their connections. */
export interface OpenFollowers {
  readonly followers: readonly Follower[];
  close(): Promise<void>;
}

/** What follows the log in a node, a line each. What writes to the database alone is made by `sqlFollower`. */
export function followersOf(node: FollowedNode, positions: SqlFollowerPositions): OpenFollowers {
  const { pool, context } = node.ground;
  const events = openEvents(node, positions);
  return {
    followers: [
      sqlFollower(pool, positions, new AccessIndexWriter(context)),
      ...(events === undefined ? [] : [events.follower]),
    ],
    close: async () => events?.close(),
  };
}
