import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { Hex } from '#consent';
import { HEX } from '../column-shapes.js';
import { applyUndo } from './undo-text.js';

/** Blocks whose hashes and undo data are kept: a deeper reorganisation needs a new projection. */
const KEPT_BLOCKS = 256n;

const BLOCK = z.object({ hash: HEX, time: z.bigint() });
const UNDONE = z.array(z.object({ number: z.bigint(), undo: z.unknown() }));

/** Hash and time of a block that is kept. */
export async function keptBlock(
  client: { query: ClientBase['query'] },
  tenant: string,
  number: bigint,
): Promise<{ readonly hash: Hex; readonly time: bigint } | undefined> {
  const { rows } = await client.query({
    name: 'kept block',
    text: 'select hash, time from projection_block where tenant = $1 and number = $2',
    values: [tenant, number],
  });
  return BLOCK.optional().parse(rows[0]);
}

/** Takes away the blocks above `number`, and puts rows back as they were before. @returns the subjects touched. */
export async function undoBlocksAbove(
  client: ClientBase,
  tenant: string,
  number: bigint,
): Promise<readonly Hex[]> {
  return applyUndo(client, tenant, await takeBlocksAbove(client, tenant, number));
}

async function takeBlocksAbove(
  client: ClientBase,
  tenant: string,
  number: bigint,
): Promise<readonly unknown[]> {
  const { rows } = await client.query({
    name: 'take blocks',
    text: 'delete from projection_block where tenant = $1 and number > $2 returning number, undo',
    values: [tenant, number],
  });
  return UNDONE.parse(rows)
    .toSorted((a, b) => (a.number > b.number ? -1 : 1))
    .map(({ undo }) => undo);
}

/** Forgets blocks that are too deep below the newest. */
export async function forgetBlocks(client: ClientBase, tenant: string, newest: bigint): Promise<void> {
  await client.query({
    name: 'forget blocks',
    text: 'delete from projection_block where tenant = $1 and number <= $2',
    values: [tenant, newest - KEPT_BLOCKS],
  });
}
