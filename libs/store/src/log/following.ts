import type { Pool, PoolClient } from 'pg';
import { GatewayError } from '#outcome';
import type { FollowedPart, Follower, OpenedRecord } from '#provenance';
import type { SqlFollowerPositions } from './sql-follower-positions.js';
import { inTransaction } from './transaction.js';

interface Following {
  readonly name: string;
  readonly reads: readonly FollowedPart[];
}

/** A follower that writes to the database alone: what it writes and its position are one transaction. */
export interface SqlFollower extends Following {
  /** MUST write with `client` alone, and MUST NOT end its transaction. */
  readonly handle: (batch: readonly OpenedRecord[], client: PoolClient) => Promise<void>;
}

/** A follower whose effects lie outside of the database: they come at least once, since the position follows them. */
export interface OutwardFollower extends Following {
  /** MUST be durable when it resolves; MUST bear the same records again. */
  readonly handle: (batch: readonly OpenedRecord[]) => Promise<void>;
}

/** Makes a `Follower` of what writes to the database: exactly once. */
export function sqlFollower(pool: Pool, positions: SqlFollowerPositions, of: SqlFollower): Follower {
  return {
    ...idOf(of),
    position: () => positions.position(of.name),
    handle: (batch) =>
      inTransaction(pool, async (client) => {
        const { from, to } = extentOf(batch);
        // first the position: whoever no longer leads writes nothing
        await positions.advance(of.name, from, to, client);
        await of.handle(batch, client);
      }),
  };
}

/** Makes a `Follower` of what has its effects elsewhere: at least once. */
export function outwardFollower(positions: SqlFollowerPositions, of: OutwardFollower): Follower {
  return {
    ...idOf(of),
    position: () => positions.position(of.name),
    handle: async (batch) => {
      const { from, to } = extentOf(batch);
      await of.handle(batch);
      await positions.advance(of.name, from, to);
    },
  };
}

function idOf({ name, reads }: Following): Following {
  return { name, reads };
}

function extentOf(batch: readonly OpenedRecord[]): { readonly from: bigint; readonly to: bigint } {
  const [from, last] = [batch[0]?.index, batch.at(-1)?.index];
  if (from === undefined || last === undefined)
    throw new GatewayError('invalid-value', { details: 'batch of no records' });
  return { from, to: last + 1n };
}
