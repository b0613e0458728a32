import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { sha256, toHex } from '#digest';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import type { InboxIssue } from '../change.js';
import { BYTES, TIME } from '../column-shapes.js';
import type { Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import { INBOX_STATES, type InboxEntry, type InboxMessage } from './inbox.js';

const ISSUE = z.object({
  severity: z.enum(['error', 'warning', 'information']),
  code: z.string(),
  type: z.string().optional(),
  expression: z.string(),
  fault: z.string().exactOptional(),
});

/** What decides about a message: its MAC covers these columns, the bytes by their digest. */
const GUARDED = z.object({
  tenant: z.string(),
  id: z.string(),
  seq: z.bigint(),
  source: z.string(),
  dialect: z.string(),
  received: TIME,
  sender: z.string(),
  control_id: z.string(),
  message: z.string(),
  keys: z.array(z.string()),
  digest: BYTES,
  answer: BYTES,
  state: z.enum(INBOX_STATES),
  reason: z.string().nullable(),
  record_id: z.string().nullable(),
});

/** A row of the inbox without its bytes. */
export const INBOX_ROW = GUARDED.extend({
  mac: BYTES,
  attempts: z.number(),
  /** Null where they are not as this software writes them: no MAC covers them, and one row holds up no other. */
  issues: z.array(ISSUE).nullable().catch(null),
});

/** A row of the inbox without its bytes. */
export type InboxRow = z.infer<typeof INBOX_ROW>;
type Guarded = z.infer<typeof GUARDED>;

/** The columns of `INBOX_ROW`, of a table named `f`. */
export const INBOX_COLUMNS = Object.keys(INBOX_ROW.shape)
  .map((name) => `f.${name}`)
  .join(', ');

/** A row as it is inserted. */
export interface NewInboxRow extends Omit<Guarded, 'keys'> {
  readonly keys: readonly string[];
  readonly bytes: Uint8Array;
  readonly attempts: number;
  readonly issues: string;
  readonly mac: Uint8Array;
}

export const NEW_ROWS: Table<NewInboxRow> = {
  name: 'inbox',
  columns: {
    tenant: 'text',
    id: 'uuid',
    seq: 'bigint',
    source: 'text',
    dialect: 'text',
    received: 'timestamptz',
    sender: 'text',
    control_id: 'text',
    message: 'text',
    keys: 'text[]',
    digest: 'bytea',
    answer: 'bytea',
    state: 'text',
    reason: 'text',
    record_id: 'uuid',
    bytes: 'bytea',
    attempts: 'int',
    issues: 'jsonb',
    mac: 'bytea',
  },
};

/** A message with what the inbox gives it. */
export interface PlacedMessage {
  readonly message: InboxMessage;
  readonly digest: Uint8Array;
  readonly id: string;
  readonly seq: bigint;
  readonly receivedMs: number;
  readonly issues: readonly InboxIssue[];
}

/** The row of a message that has just come. */
export function newRow(context: ApplyContext, placed: PlacedMessage): NewInboxRow {
  const { message, digest, id, seq, receivedMs, issues } = placed;
  const row = {
    tenant: context.tenant,
    id,
    seq,
    source: message.source,
    dialect: message.dialect,
    received: receivedMs,
    sender: message.sender,
    control_id: message.controlId,
    message: message.message,
    keys: [...new Set(message.lanes.map((lane) => laneKey(context, message.source, lane)))],
    digest,
    answer: message.answer,
    state: 'received' as const,
    reason: null,
    record_id: null,
  };
  const mac = context.mac.of('inbox', row);
  return { ...row, mac, bytes: message.bytes, attempts: 0, issues: JSON.stringify(issues) };
}

/** A patient's key at a source, as it is stored: equal for equal keys, telling nothing. */
function laneKey({ tenant, mac }: ApplyContext, source: string, lane: string): string {
  return toHex(mac.of('inbox lane', { tenant, source, lane }));
}

/** The MAC of a row that is about to be written. */
export function macOf(mac: RowMac, row: Guarded): Uint8Array {
  return mac.of('inbox', GUARDED.parse(row));
}

/** @throws GatewayError `integrity-failure`, naming the row, unless it is as it was written */
export function checkInboxRow(mac: RowMac, row: InboxRow): void {
  if (row.issues === null) throw new GatewayError('integrity-failure', { details: `inbox/${row.id}` });
  mac.check('inbox', GUARDED.parse(row), row.mac, `inbox/${row.id}`);
}

/** Whether a row is as it was written, its bytes too where they were read. */
export function isIntact(mac: RowMac, row: InboxRow, bytes?: Uint8Array): boolean {
  const expected = macOf(mac, row);
  const fits = expected.length === row.mac.length && timingSafeEqual(expected, row.mac);
  return fits && row.issues !== null && (bytes === undefined || timingSafeEqual(sha256(bytes), row.digest));
}

/** A row as the port has it. */
export function entryOf(mac: RowMac, row: InboxRow, bytes?: Uint8Array): InboxEntry {
  return {
    id: row.id,
    seq: row.seq,
    source: row.source,
    dialect: row.dialect,
    receivedMs: row.received,
    sender: row.sender,
    controlId: row.control_id,
    message: row.message,
    digest: row.digest,
    state: row.state,
    reason: row.reason ?? undefined,
    recordId: row.record_id ?? undefined,
    attempts: row.attempts,
    issues: (row.issues ?? []).map(({ type, ...issue }) => ({ ...issue, type })),
    isIntact: isIntact(mac, row, bytes),
  };
}
