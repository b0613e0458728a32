import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { BlockEvents, Hex, RegistryKey } from '#consent';
import { toTimestamp } from '../pool.js';
import { HEX, TIME } from '../column-shapes.js';

/** The row of `projection_checkpoint`: how far the projection is. */
export const CHECKPOINT_ROW = z.object({
  chain_id: z.string(),
  genesis_hash: HEX,
  contract: HEX,
  code_hash: HEX,
  block_number: z.bigint(),
  block_hash: HEX,
  block_time: z.bigint(),
  confirmed: z.bigint(),
  position: z.bigint(),
  contact: TIME,
});
export type Checkpoint = z.infer<typeof CHECKPOINT_ROW>;

const FOUND = CHECKPOINT_ROW.optional();
const TAKEN = z.object({ position: z.bigint() }).optional();

const SELECT = `select chain_id, genesis_hash, contract, code_hash, block_number, block_hash, block_time, confirmed,
  position, contact from projection_checkpoint where tenant = $1`;

/** The checkpoint; `undefined` before the projection began. */
export async function readCheckpoint(
  client: { query: ClientBase['query'] },
  tenant: string,
): Promise<Checkpoint | undefined> {
  const { rows } = await client.query({ name: 'checkpoint', text: SELECT, values: [tenant] });
  return FOUND.parse(rows[0]);
}

/** The checkpoint, locked: whoever changes standings holds this first, so that changes come one after the other. */
export async function lockCheckpoint(client: ClientBase, tenant: string): Promise<Checkpoint | undefined> {
  const { rows } = await client.query({
    name: 'lock checkpoint',
    text: `${SELECT} for update`,
    values: [tenant],
  });
  return FOUND.parse(rows[0]);
}

/** Takes the next position: what is written with it counts for requests that see this position or a later one. */
export async function nextPosition(client: ClientBase, tenant: string): Promise<bigint> {
  const { rows } = await client.query({
    name: 'next position',
    text: 'update projection_checkpoint set position = position + 1 where tenant = $1 returning position',
    values: [tenant],
  });
  return TAKEN.parse(rows[0])?.position ?? 0n;
}

/** Moves the checkpoint to a block. */
export async function moveCheckpoint(
  client: ClientBase,
  tenant: string,
  to: { readonly number: bigint; readonly hash: Hex; readonly time: bigint; readonly confirmed: bigint },
): Promise<void> {
  await client.query({
    name: 'move checkpoint',
    text: `update projection_checkpoint set block_number = $2, block_hash = $3, block_time = $4, confirmed = $5
           where tenant = $1`,
    values: [tenant, to.number, to.hash, to.time, to.confirmed],
  });
}

/** Writes the first checkpoint. @returns false where there is one. */
export async function beginCheckpoint(
  client: ClientBase,
  tenant: string,
  key: RegistryKey,
  block: Omit<BlockEvents, 'events'>,
): Promise<boolean> {
  const registry = [tenant, key.chainId, key.genesisHash, key.contract, key.codeHash];
  const { rowCount } = await client.query({
    text: `insert into projection_checkpoint (tenant, chain_id, genesis_hash, contract, code_hash, block_number,
             block_hash, block_time, confirmed, position, contact)
           values ($1, $2, $3, $4, $5, $6, $7, $8, -1, 1, '-infinity') on conflict do nothing`,
    values: [...registry, block.number, block.hash, block.time],
  });
  return rowCount === 1;
}

/** Notes a contact with the node; the time never goes back. */
export async function touchContact(
  client: { query: ClientBase['query'] },
  tenant: string,
  contactMs: number,
): Promise<void> {
  await client.query({
    name: 'contact',
    text: 'update projection_checkpoint set contact = greatest(contact, $2) where tenant = $1',
    values: [tenant, toTimestamp(contactMs)],
  });
}

/** Notes up to which block permits count. @returns the subjects with words that count from now on. */
export async function confirmBlocks(
  client: ClientBase,
  tenant: string,
  from: bigint,
  through: bigint,
): Promise<readonly Hex[]> {
  await client.query({
    name: 'confirm blocks',
    text: 'update projection_checkpoint set confirmed = $2 where tenant = $1',
    values: [tenant, through],
  });
  const { rows } = await client.query({
    name: 'subjects confirmed',
    text: `select distinct subject from grant_word
           where tenant = $1 and block_number > $2 and block_number <= $3`,
    values: [tenant, from, through],
  });
  return z
    .array(z.object({ subject: HEX }))
    .parse(rows)
    .map(({ subject }) => subject);
}
