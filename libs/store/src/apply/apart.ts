import type { ClientBase } from 'pg';
import { z } from 'zod';
import { BYTES, TIME } from '../column-shapes.js';
import { insertRows, type Table } from '../insert-rows.js';
import type { RowMac } from '../row-mac.js';
import type { RowChange } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';

/** A row of `person_apart`: two patients whom a person told apart. */
export const APART_ROW = z.object({
  tenant: z.string(),
  patient: z.string(),
  other: z.string(),
  at_time: TIME,
  record_id: z.string(),
  mac: BYTES,
});
export type ApartRow = z.infer<typeof APART_ROW>;
const APART_ROWS = z.array(APART_ROW);

const APART: Table<ApartRow> = {
  name: 'person_apart',
  columns: {
    tenant: 'text',
    patient: 'text',
    other: 'text',
    at_time: 'timestamptz',
    record_id: 'uuid',
    mac: 'bytea',
  },
  conflict: 'on conflict do nothing',
};
const STAYING = z.array(z.object({ patient: z.string(), person: z.string() }));

/** A patient whom a person took from another person. */
export interface Parted {
  readonly patient: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly atMs: number;
  readonly recordId: string;
}

/** How a pair of Patients who were told apart is named, in the order of the row. */
export function apartKey({ patient, other }: { readonly patient: string; readonly other: string }): string {
  return [patient, other].toSorted().join('/');
}

/** @throws `integrity-failure` unless the row is as it was written. */
export function checkApart(mac: RowMac, row: ApartRow): void {
  mac.check('person_apart', row, row.mac, `person_apart/${row.patient}/${row.other}`);
}

/** Marks patients apart from those who stay with the person that they left, and from those who left for another one. */
export async function markApart(
  client: ClientBase,
  context: ApplyContext,
  parted: readonly Parted[],
): Promise<void> {
  if (parted.length === 0) {
    return;
  }
  const { rows } = await client.query({
    name: 'patients of persons',
    text: `select patient, person from person_link
           where tenant = $1 and person = any($2::uuid[]) and until_time is null`,
    values: [context.tenant, parted.map(({ from }) => from)],
  });
  const staying = STAYING.parse(rows);
  const pairs = parted.flatMap((one) => [
    ...staying.filter(({ person }) => person === one.from).map(({ patient }) => rowOf(context, one, patient)),
    ...parted
      .filter((other) => other.from === one.from && other.to !== one.to)
      .map(({ patient }) => rowOf(context, one, patient)),
  ]);
  await insertRows(client, APART, [
    ...new Map(pairs.map((row) => [`${row.patient} ${row.other}`, row])).values(),
  ]);
}

/** Tells patients apart who may be of different persons already. */
export async function applyApart(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'apart' }>>[],
): Promise<void> {
  const rows = changes.flatMap((change) => change.others.map((other) => rowOf(context, change, other)));
  await insertRows(client, APART, rows);
}

/** The pairs among patients whom a person told apart, as `a b` with a < b. */
export async function apartAmong(
  client: { readonly query: ClientBase['query'] },
  context: ApplyContext,
  patients: readonly string[],
): Promise<ReadonlySet<string>> {
  if (patients.length < 2) {
    return new Set();
  }
  const { rows } = await client.query({
    name: 'apart',
    text: 'select * from person_apart where tenant = $1 and patient = any($2) and other = any($2)',
    values: [context.tenant, patients],
  });
  const pairs = APART_ROWS.parse(rows);
  for (const pair of pairs) {
    checkApart(context.mac, pair);
  }
  return new Set(pairs.map(({ patient, other }) => `${patient} ${other}`));
}

function rowOf(
  { tenant, mac }: ApplyContext,
  { patient, atMs, recordId }: Pick<Parted, 'patient' | 'atMs' | 'recordId'>,
  other: string,
): ApartRow {
  const [first, second] = patient < other ? [patient, other] : [other, patient];
  const row = { tenant, patient: first, other: second, at_time: atMs, record_id: recordId };
  return { ...row, mac: mac.of('person_apart', row) };
}
