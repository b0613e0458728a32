import type { ClientBase } from 'pg';
import { z } from 'zod';
import { fromHex, toHex } from '#digest';
import type { Hex } from '#consent';
import { HEX } from '../column-shapes.js';
import { insertRows } from '../insert-rows.js';
import { DELEGATES, HEADS, WORDS, type DelegateRow, type HeadRow, type WordRow } from './chain-row.js';

/** A row as it was before an event; `undefined` where there was none. */
export type Before =
  | {
      readonly table: 'grant_word';
      readonly subject: Hex;
      readonly key: string;
      readonly before: WordRow | undefined;
    }
  | {
      readonly table: 'subject_head';
      readonly subject: Hex;
      readonly key: string;
      readonly before: HeadRow | undefined;
    }
  | {
      readonly table: 'delegate';
      readonly subject: Hex;
      readonly key: string;
      readonly before: DelegateRow | undefined;
    };

const BIG = z.string().transform(BigInt);
const MAC = z.string().transform(fromHex);
const UNDO = z.array(
  z.discriminatedUnion('table', [
    z.object({
      table: z.literal('grant_word'),
      subject: HEX,
      key: z.string(),
      before: z
        .object({
          tenant: z.string(),
          subject: HEX,
          grant_id: HEX,
          word: BIG,
          commitment: HEX,
          signed_by: HEX,
          block_number: BIG,
          position: BIG,
          mac: MAC,
        })
        .nullable(),
    }),
    z.object({
      table: z.literal('subject_head'),
      subject: HEX,
      key: z.string(),
      before: z
        .object({
          tenant: z.string(),
          subject: HEX,
          signer_hash: HEX,
          key_epoch: BIG,
          epoch: BIG,
          locked: z.boolean(),
          mac: MAC,
        })
        .nullable(),
    }),
    z.object({
      table: z.literal('delegate'),
      subject: HEX,
      key: z.string(),
      before: z
        .object({
          tenant: z.string(),
          subject: HEX,
          signer_hash: HEX,
          word: BIG,
          block_number: BIG,
          mac: MAC,
        })
        .nullable(),
    }),
  ]),
);
type Undo = z.infer<typeof UNDO>[number];

/** What undoes a block, as JSON, newest event first. Rows keep the MAC that they had. */
export function writeUndo(befores: readonly Before[]): string {
  return JSON.stringify(
    befores.toReversed().map(({ table, subject, key, before }) => ({
      table,
      subject,
      key,
      before: before === undefined ? null : plain(before),
    })),
  );
}

/**
 * Puts rows back as they were before the blocks whose undo texts are given, newest block first.
 * @returns the subjects that were touched.
 */
export async function applyUndo(
  client: ClientBase,
  tenant: string,
  texts: readonly unknown[],
): Promise<readonly Hex[]> {
  const oldest = new Map<string, Undo>();
  for (const undo of texts.flatMap((text) => UNDO.parse(text))) {
    oldest.set(`${undo.table} ${undo.subject} ${undo.key}`, undo);
  }
  const undos = [...oldest.values()];
  await remove(client, tenant, undos);
  await insertRows(
    client,
    WORDS,
    undos.flatMap((undo) => (undo.table === 'grant_word' && undo.before !== null ? [undo.before] : [])),
  );
  await insertRows(
    client,
    HEADS,
    undos.flatMap((undo) => (undo.table === 'subject_head' && undo.before !== null ? [undo.before] : [])),
  );
  await insertRows(
    client,
    DELEGATES,
    undos.flatMap((undo) => (undo.table === 'delegate' && undo.before !== null ? [undo.before] : [])),
  );
  return [...new Set(undos.map(({ subject }) => subject))];
}

/** Removes rows that were not there. */
async function remove(client: ClientBase, tenant: string, undos: readonly Undo[]): Promise<void> {
  const gone = (table: Undo['table']) => undos.filter((undo) => undo.table === table && undo.before === null);
  const clear = async (table: Undo['table'], column: string): Promise<void> => {
    const rows = gone(table);
    await client.query({
      text: `delete from ${table} t using unnest($2::text[], $3::text[]) as u(subject, key)
             where t.tenant = $1 and t.subject = u.subject and ${column}`,
      values: [tenant, rows.map(({ subject }) => subject), rows.map(({ key }) => key)],
    });
  };
  await clear('grant_word', 't.grant_id = u.key');
  await clear('subject_head', `u.key = ''`);
  await clear('delegate', 't.signer_hash = u.key');
}

function plain(row: WordRow | HeadRow | DelegateRow): unknown {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (value instanceof Uint8Array) {
        return [name, toHex(value)];
      }
      return [name, typeof value === 'bigint' ? String(value) : value];
    }),
  );
}
