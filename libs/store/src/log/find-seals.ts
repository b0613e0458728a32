import type { PoolClient } from 'pg';
import { hashLeaf, type Seal, sealCommitted } from '#provenance';
import { LogStopped } from './commit-failure.js';
import { lockHead } from './head-row.js';

/**
 * After a COMMIT of unknown result: the seals of the records where it succeeded, `undefined` where it did not.
 * Waits for the lost transaction, which held the head's lock when it committed, so that the answer is final.
 */
export async function findSeals(
  client: PoolClient,
  at: { readonly tenant: string; readonly origin: string },
  recordIds: readonly string[],
): Promise<ReadonlyMap<string, Seal> | undefined> {
  await client.query('begin');
  const head = await lockHead(client, at.tenant);
  const { rows } = await client.query<{ idx: bigint; entry: Buffer; record_id: string }>(
    'select idx, entry, record_id from log_leaf where tenant = $1 and record_id = any($2::uuid[])',
    [at.tenant, recordIds],
  );
  await client.query('commit');
  if (rows.length === 0 || head === undefined) return undefined;
  if (rows.length !== recordIds.length) {
    throw new LogStopped({ kind: 'log-half-written', records: rows.map((row) => row.record_id) });
  }
  const { origin } = at;
  return new Map(
    rows.map(({ idx, entry, record_id: id }) => [
      id,
      sealCommitted({ origin, index: idx, leaf: hashLeaf(entry), size: head.size }),
    ]),
  );
}
