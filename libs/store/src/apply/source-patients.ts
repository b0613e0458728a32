import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
import type { ApplyContext } from './apply-context.js';

const SOURCE_PATIENTS: Table<{ tenant: string; source: string; source_id: string; patient: string }> = {
  name: 'source_patient',
  columns: { tenant: 'text', source: 'text', source_id: 'text', patient: 'text' },
  conflict: 'on conflict (tenant, source, source_id) do update set patient = excluded.patient',
};

/** Notes under which id a source knows a patient. */
export async function applySourcePatients(
  client: ClientBase,
  { tenant }: ApplyContext,
  changes: readonly Extract<RowChange, { kind: 'source-patient' }>[],
): Promise<void> {
  const last = new Map(changes.map((change) => [`${change.source} ${change.sourceId}`, change]));
  await insertRows(
    client,
    SOURCE_PATIENTS,
    [...last.values()].map(({ source, sourceId, patient }) => ({
      tenant,
      source,
      source_id: sourceId,
      patient,
    })),
  );
}

/** Notes when types of a source's patient were last complete; a time never goes back. */
export async function applyRefreshed(
  client: ClientBase,
  { tenant }: ApplyContext,
  changes: readonly Extract<RowChange, { kind: 'refreshed' }>[],
): Promise<void> {
  for (const { source, sourceId, types, atMs } of changes) {
    // oxlint-disable-next-line no-await-in-loop -- one connection, a few changes at most
    await client.query({
      name: 'refreshed',
      text: `update source_patient set refreshed = refreshed || coalesce((
               select jsonb_object_agg(t, greatest($5::bigint, (refreshed ->> t)::bigint)) from unnest($4::text[]) t
             ), '{}') where tenant = $1 and source = $2 and source_id = $3`,
      values: [tenant, source, sourceId, types, atMs],
    });
  }
}
