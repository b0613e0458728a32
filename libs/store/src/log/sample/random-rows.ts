import type { Queryable } from '../head-row.js';

/** Blocks that are read for each row that is wanted: rows of one block were written together. */
const BLOCKS_PER_ROW = 2;
const SMALLEST_PERCENT = 0.000_001;

/** The clause that reads about `count` rows' worth of blocks at random, whatever the table's size; empty for a small one. */
export async function sampleClause(pool: Queryable, table: string, count: number): Promise<string> {
  const { rows } = await pool.query<{ blocks: bigint }>(
    `select pg_relation_size($1::regclass) / current_setting('block_size')::bigint as blocks`,
    [table],
  );
  const blocks = Number(rows[0]?.blocks ?? 0n);
  const wanted = count * BLOCKS_PER_ROW;
  if (blocks <= wanted) return '';
  return `tablesample system (${Math.max((100 * wanted) / blocks, SMALLEST_PERCENT).toFixed(6)})`;
}

/** Up to `count` different numbers below `size`, in order. */
export function randomIndexes(size: bigint, count: number, random: () => number): readonly bigint[] {
  if (size <= BigInt(count)) return Array.from({ length: Number(size) }, (_, index) => BigInt(index));
  const picked = Array.from({ length: count }, () => BigInt(Math.floor(random() * Number(size))));
  return inOrder(picked);
}

/** Numbers in order, each once. */
export function inOrder(numbers: readonly bigint[]): readonly bigint[] {
  return [...new Set(numbers)].toSorted((a, b) => (a < b ? -1 : 1));
}
