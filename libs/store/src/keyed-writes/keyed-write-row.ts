import { z } from 'zod';
import { toHex } from '#digest';
import { hashLeaf } from '#provenance';
import { BYTES, TIME } from '../column-shapes.js';
import type { Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import { isSameDigest } from './is-same-digest.js';
import type { KeyedWrite } from './keyed-write.js';

/** What decides about a key: its MAC covers these columns. */
const GUARDED = z.object({
  tenant: z.string(),
  id: z.string(),
  client: z.string(),
  key: z.string(),
  request: BYTES,
  interaction: z.enum(['create', 'update', 'patch', 'delete']),
  source: z.string(),
  type: z.string(),
  resource_id: z.string().nullable(),
  patient: z.string().nullable(),
  source_id: z.string().nullable(),
  source_version: z.string().nullable(),
  state: z.enum(['open', 'unknown', 'done', 'refused', 'not-written']),
  status: z.number().nullable(),
  version_id: z.string().nullable(),
  reason: z.string().nullable(),
  opened: TIME,
  closed: TIME.nullable(),
  expires: TIME,
  record_id: z.string(),
  end_record_id: z.string().nullable(),
});

/** A row of `keyed_write`. */
export const KEYED_WRITE_ROW = GUARDED.extend({ mac: BYTES, lookups: z.number() });

/** A row of `keyed_write`. */
export type KeyedWriteRow = z.infer<typeof KEYED_WRITE_ROW>;
type Guarded = z.infer<typeof GUARDED>;

/** The columns of `KEYED_WRITE_ROW`, of a table named `f`. */
export const KEYED_WRITE_COLUMNS = Object.keys(KEYED_WRITE_ROW.shape)
  .map((name) => `f.${name}`)
  .join(', ');

/** A row as it is inserted. */
export type NewKeyedWriteRow = KeyedWriteRow & { readonly next_lookup: number };

export const NEW_KEYED_WRITES: Table<NewKeyedWriteRow> = {
  name: 'keyed_write',
  columns: {
    tenant: 'text',
    id: 'uuid',
    client: 'text',
    key: 'text',
    request: 'bytea',
    interaction: 'text',
    source: 'text',
    type: 'text',
    resource_id: 'text',
    patient: 'text',
    source_id: 'text',
    source_version: 'text',
    state: 'text',
    status: 'int',
    version_id: 'text',
    reason: 'text',
    opened: 'timestamptz',
    closed: 'timestamptz',
    expires: 'timestamptz',
    record_id: 'uuid',
    end_record_id: 'uuid',
    lookups: 'int',
    next_lookup: 'timestamptz',
    mac: 'bytea',
  },
};

/** The MAC of a row that is about to be written. */
export function macOfKeyedWrite(mac: RowMac, row: Guarded): Uint8Array {
  return mac.of('keyed_write', GUARDED.parse(row));
}

/** @throws GatewayError `integrity-failure`, naming the row, unless it is as it was written */
export function checkKeyedWrite(mac: RowMac, row: KeyedWriteRow): void {
  mac.check('keyed_write', GUARDED.parse(row), row.mac, `keyed_write/${row.id}`);
}

/** Whether a row is as it was written. */
export function isIntact(mac: RowMac, row: KeyedWriteRow): boolean {
  return isSameDigest(macOfKeyedWrite(mac, row), row.mac);
}

/** A row as the port has it; `entry` is the one of the record that began it. */
export function keyedWriteOf(row: KeyedWriteRow, entry: Uint8Array): KeyedWrite {
  return {
    id: row.id,
    client: row.client,
    key: row.key,
    request: row.request,
    interaction: row.interaction,
    target: {
      source: row.source,
      type: row.type,
      id: row.resource_id ?? undefined,
      patient: row.patient ?? undefined,
      sourceId: row.source_id ?? undefined,
      sourceVersion: row.source_version ?? undefined,
    },
    state: row.state,
    answer: answerOf(row),
    openedMs: row.opened,
    closedMs: row.closed ?? undefined,
    expiresMs: row.expires,
    recordId: row.record_id,
    leaf: toHex(hashLeaf(entry)),
    endRecordId: row.end_record_id ?? undefined,
    lookups: row.lookups,
  };
}

function answerOf({ status, resource_id: id, version_id: versionId, reason }: KeyedWriteRow) {
  if (status === null) return undefined;
  const isWritten = versionId !== null;
  return {
    status,
    id: isWritten ? (id ?? undefined) : undefined,
    versionId: versionId ?? undefined,
    reason: reason ?? undefined,
  };
}
