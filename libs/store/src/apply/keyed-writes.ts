import type { ClientBase } from 'pg';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { KeyedWriteChange, KeyedWriteEnd } from '../change.js';
import { insertRows, type Table, updateRows } from '../insert-rows.js';
import {
  checkKeyedWrite,
  KEYED_WRITE_COLUMNS,
  KEYED_WRITE_ROW,
  type KeyedWriteRow,
  macOfKeyedWrite,
  NEW_KEYED_WRITES,
  type NewKeyedWriteRow,
} from '../keyed-writes/keyed-write-row.js';
import { mayBegin } from '../keyed-writes/may-begin.js';
import { mayEnd } from '../keyed-writes/may-end.js';
import type { ApplyContext, Recorded } from './apply-context.js';

type EndedRow = Pick<
  KeyedWriteRow,
  | 'tenant'
  | 'id'
  | 'resource_id'
  | 'state'
  | 'status'
  | 'version_id'
  | 'reason'
  | 'closed'
  | 'end_record_id'
  | 'mac'
>;

const ENDED: Table<EndedRow> = {
  name: 'keyed_write',
  columns: {
    tenant: 'text',
    id: 'uuid',
    resource_id: 'text',
    state: 'text',
    status: 'int',
    version_id: 'text',
    reason: 'text',
    closed: 'timestamptz',
    end_record_id: 'uuid',
    mac: 'bytea',
  },
};

/** Keys of a client that ended long ago are taken away with a new one, so many at a time. */
const SWEPT = 100;

/**
 * Begins writes under their keys. A key that stands for something is refused, and with it the whole record; one that expired,
 * or whose write was surely not made, is begun anew.
 */
export async function beginKeyedWrites(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<KeyedWriteChange>[],
): Promise<void> {
  if (changes.length === 0) return;
  const { rows } = await client.query({
    name: 'keyed writes by key',
    text: `select ${KEYED_WRITE_COLUMNS} from unnest($2::text[], $3::text[]) as u(client, key)
           join keyed_write f on f.tenant = $1 and f.client = u.client and f.key = u.key
           order by f.id for update of f`,
    values: [context.tenant, changes.map(({ write }) => write.client), changes.map(({ write }) => write.key)],
  });
  const before = z.array(KEYED_WRITE_ROW).parse(rows);
  for (const row of before) demandFree(context, row, changes);
  await sweep(
    client,
    context,
    before.map(({ id }) => id),
    changes,
  );
  await insertRows(
    client,
    NEW_KEYED_WRITES,
    changes.map((change) => newRow(context, change)),
  );
}

function demandFree(
  { mac }: ApplyContext,
  row: KeyedWriteRow,
  changes: readonly Recorded<KeyedWriteChange>[],
): void {
  checkKeyedWrite(mac, row);
  const again = changes.find(({ write }) => write.client === row.client && write.key === row.key)?.write;
  const before = { id: row.id, state: row.state, request: row.request, expiresMs: row.expires };
  const isFree = again !== undefined && mayBegin({ ...before, closedMs: row.closed ?? undefined }, again);
  if (!isFree) throw new GatewayError('version-conflict', { details: 'idempotency-key' });
}

/** Takes away the rows that are begun anew, and what ended and expired of these clients. */
async function sweep(
  client: ClientBase,
  { tenant }: ApplyContext,
  anew: readonly string[],
  changes: readonly Recorded<KeyedWriteChange>[],
): Promise<void> {
  const clients = new Map(changes.map(({ write }) => [write.client, write.openedMs]));
  await client.query({
    name: 'keyed writes swept',
    text: `delete from keyed_write where tenant = $1 and id in (
             select f.id from unnest($3::text[], $4::timestamptz[]) as u(client, now) cross join lateral (
               select id from keyed_write f where f.tenant = $1 and f.client = u.client and f.expires <= u.now
                 and f.closed is not null
               order by f.expires limit ${SWEPT} for update skip locked
             ) f union all select unnest($2::uuid[])
           )`,
    values: [tenant, anew, [...clients.keys()], [...clients.values()].map((ms) => new Date(ms))],
  });
}

function newRow(
  { tenant, mac }: ApplyContext,
  { write, answer, recordId }: Recorded<KeyedWriteChange>,
): NewKeyedWriteRow {
  const { target } = write;
  const row = {
    tenant,
    id: write.id,
    client: write.client,
    key: write.key,
    request: write.request,
    interaction: write.interaction,
    source: target.source,
    type: target.type,
    resource_id: answer?.id ?? target.id ?? null,
    patient: target.patient ?? null,
    source_id: target.sourceId ?? null,
    source_version: target.sourceVersion ?? null,
    ...answerCells(answer),
    state: answer === undefined ? ('open' as const) : ('done' as const),
    opened: write.openedMs,
    closed: answer === undefined ? null : write.openedMs,
    expires: write.expiresMs,
    record_id: recordId,
    end_record_id: answer === undefined ? null : recordId,
  };
  return { ...row, lookups: 0, next_lookup: write.openedMs, mac: macOfKeyedWrite(mac, row) };
}

function answerCells(answer: KeyedWriteEnd['answer']): Pick<EndedRow, 'status' | 'version_id' | 'reason'> {
  return {
    status: answer?.status ?? null,
    version_id: answer?.versionId ?? null,
    reason: answer?.reason ?? null,
  };
}

/**
 * Notes what became of writes. One that ended already is refused, and with it the whole record: somebody else found out. One
 * that was found not to be written ends once more where its source answers after all.
 */
export async function endKeyedWrites(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<KeyedWriteEnd>[],
): Promise<void> {
  if (changes.length === 0) return;
  const { rows } = await client.query({
    name: 'keyed writes to end',
    text: `select ${KEYED_WRITE_COLUMNS} from keyed_write f where f.tenant = $1 and f.id = any($2::uuid[])
           order by f.id for update`,
    values: [context.tenant, changes.map(({ id }) => id)],
  });
  const held = new Map(
    z
      .array(KEYED_WRITE_ROW)
      .parse(rows)
      .map((row) => [row.id, row]),
  );
  const ended = changes.map((change) => endedRow(context, held.get(change.id), change));
  await updateRows(client, ENDED, ['tenant', 'id'], ended);
}

function endedRow(
  { mac }: ApplyContext,
  row: KeyedWriteRow | undefined,
  { state, answer, atMs, recordId }: Recorded<KeyedWriteEnd>,
): EndedRow {
  if (row === undefined) throw new GatewayError('not-found', { details: 'keyed-write' });
  checkKeyedWrite(mac, row);
  if (!mayEnd(row.state, state)) throw new GatewayError('version-conflict', { details: 'keyed-write' });
  const { tenant, id } = row;
  const cells = {
    resource_id: answer?.id ?? row.resource_id,
    state,
    ...answerCells(answer),
    closed: state === 'unknown' ? null : atMs,
    end_record_id: recordId,
  };
  return { tenant, id, ...cells, mac: macOfKeyedWrite(mac, { ...row, ...cells }) };
}
