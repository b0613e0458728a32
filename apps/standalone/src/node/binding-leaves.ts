import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import { z } from 'zod';
import { toHex } from '#digest';
import { GatewayError } from '#outcome';
import { hashLeaf } from '#provenance';

const HELD = 10_000;
const ROWS = z.array(z.object({ entry: z.instanceof(Uint8Array) }));

/** Leaves (hex) of log records by their id. A leaf never changes, so that each is read once. */
export function bindingLeaves(pool: Pool, tenant: string): (recordId: string) => Promise<string> {
  const held = new LRUCache<string, string>({ max: HELD });
  return async (recordId) => {
    const known = held.get(recordId);
    if (known !== undefined) return known;
    const { rows } = await pool.query({
      name: 'leaf-of-record',
      text: 'select entry from log_leaf where tenant = $1 and record_id = $2',
      values: [tenant, recordId],
    });
    const [row] = ROWS.parse(rows);
    if (row === undefined) throw new GatewayError('integrity-failure', { details: `log_leaf/${recordId}` });
    const leaf = toHex(hashLeaf(row.entry));
    held.set(recordId, leaf);
    return leaf;
  };
}
