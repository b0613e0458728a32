import type { ClientBase } from 'pg';
import { z } from 'zod';
import { BYTES, HEX, TIME } from '../column-shapes.js';
import type { Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';

const MAC = BYTES;

/** A row of `grant_word`: the newest word of a grant, from the contract's event. */
export const WORD_ROW = z.object({
  tenant: z.string(),
  subject: HEX,
  grant_id: HEX,
  word: z.string().transform(BigInt),
  commitment: HEX,
  signed_by: HEX,
  block_number: z.bigint(),
  position: z.bigint(),
  mac: MAC,
});
const WORD_ROWS = z.array(WORD_ROW);
export type WordRow = z.infer<typeof WORD_ROW>;

export const WORDS: Table<WordRow> = {
  name: 'grant_word',
  columns: {
    tenant: 'text',
    subject: 'text',
    grant_id: 'text',
    word: 'numeric',
    commitment: 'text',
    signed_by: 'text',
    block_number: 'bigint',
    position: 'bigint',
    mac: 'bytea',
  },
  conflict: `on conflict (tenant, subject, grant_id) do update set word = excluded.word,
    commitment = excluded.commitment, signed_by = excluded.signed_by, block_number = excluded.block_number,
    position = excluded.position, mac = excluded.mac`,
};

/** A row of `subject_head`. */
export const HEAD_ROW = z.object({
  tenant: z.string(),
  subject: HEX,
  signer_hash: HEX,
  key_epoch: z.bigint(),
  epoch: z.bigint(),
  locked: z.boolean(),
  mac: MAC,
});
const HEAD_ROWS = z.array(HEAD_ROW);
export type HeadRow = z.infer<typeof HEAD_ROW>;

export const HEADS: Table<HeadRow> = {
  name: 'subject_head',
  columns: {
    tenant: 'text',
    subject: 'text',
    signer_hash: 'text',
    key_epoch: 'bigint',
    epoch: 'bigint',
    locked: 'boolean',
    mac: 'bytea',
  },
  conflict: `on conflict (tenant, subject) do update set signer_hash = excluded.signer_hash,
    key_epoch = excluded.key_epoch, epoch = excluded.epoch, locked = excluded.locked, mac = excluded.mac`,
};

/** A row of `delegate`. */
export const DELEGATE_ROW = z.object({
  tenant: z.string(),
  subject: HEX,
  signer_hash: HEX,
  word: z.string().transform(BigInt),
  block_number: z.bigint(),
  mac: MAC,
});
const DELEGATE_ROWS = z.array(DELEGATE_ROW);
export type DelegateRow = z.infer<typeof DELEGATE_ROW>;

export const DELEGATES: Table<DelegateRow> = {
  name: 'delegate',
  columns: {
    tenant: 'text',
    subject: 'text',
    signer_hash: 'text',
    word: 'numeric',
    block_number: 'bigint',
    mac: 'bytea',
  },
  conflict: `on conflict (tenant, subject, signer_hash) do update set word = excluded.word,
    block_number = excluded.block_number, mac = excluded.mac`,
};

/** A row of `latch`: a revocation or deny that was seen. `version` is 0 for a revoke-all, `epoch` 0 for the others. */
export const LATCH_ROW = z.object({
  tenant: z.string(),
  subject: HEX,
  grant_id: HEX,
  kind: z.enum(['revoked', 'deny', 'revoked-all']),
  version: z.number(),
  epoch: z.bigint(),
  record_id: z.string().nullable(),
  seen: TIME,
  mac: MAC,
});
const LATCH_ROWS = z.array(LATCH_ROW);
export type LatchRow = z.infer<typeof LATCH_ROW>;

export const LATCHES: Table<LatchRow> = {
  name: 'latch',
  columns: {
    tenant: 'text',
    subject: 'text',
    grant_id: 'text',
    kind: 'text',
    version: 'int',
    epoch: 'bigint',
    record_id: 'uuid',
    seen: 'timestamptz',
    mac: 'bytea',
  },
  conflict: 'on conflict do nothing',
};

/** What the projection holds of some subjects, every row's MAC checked. */
export interface SubjectRows {
  readonly words: readonly WordRow[];
  readonly heads: readonly HeadRow[];
  readonly delegates: readonly DelegateRow[];
  readonly latches: readonly LatchRow[];
}

/** Reads all rows of the subjects. @throws `integrity-failure` where a row's MAC does not fit. */
export async function readSubjects(
  client: ClientBase,
  context: { readonly tenant: string; readonly mac: RowMac },
  subjects: readonly string[],
): Promise<SubjectRows> {
  const read = async (table: string): Promise<unknown> => {
    const { rows } = await client.query({
      name: `subjects of ${table}`,
      text: `select * from ${table} where tenant = $1 and subject = any($2)`,
      values: [context.tenant, subjects],
    });
    return rows;
  };
  const found = {
    words: WORD_ROWS.parse(await read('grant_word')),
    heads: HEAD_ROWS.parse(await read('subject_head')),
    delegates: DELEGATE_ROWS.parse(await read('delegate')),
    latches: LATCH_ROWS.parse(await read('latch')),
  };
  for (const row of found.words) {
    context.mac.check('grant_word', row, row.mac, `grant_word/${row.grant_id}`);
  }
  for (const row of found.heads) {
    context.mac.check('subject_head', row, row.mac, `subject_head/${row.subject}`);
  }
  for (const row of found.delegates) {
    context.mac.check('delegate', row, row.mac, `delegate/${row.subject}`);
  }
  for (const row of found.latches) {
    context.mac.check('latch', row, row.mac, `latch/${row.grant_id}`);
  }
  return found;
}

/** Up to `limit` words, at random; their MACs are for whoever decides by them to check. */
export async function sampleWords(
  client: { query: ClientBase['query'] },
  tenant: string,
  limit: number,
): Promise<readonly WordRow[]> {
  const { rows } = await client.query({
    name: 'sample words',
    text: 'select * from grant_word where tenant = $1 order by random() limit $2',
    values: [tenant, limit],
  });
  return WORD_ROWS.parse(rows);
}
