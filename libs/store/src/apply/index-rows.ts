import type { ClientBase } from 'pg';
import type { IndexRows } from '#search';
import type { VersionWrite } from '../change.js';
import { insertRows, type ColumnType } from '../insert-rows.js';
import type { ColumnValue } from '../row-mac.js';

/** How one kind of index row becomes a table row, beside tenant, type, id and param. */
interface IndexTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly rows: (index: IndexRows) => readonly Readonly<Record<string, ColumnValue>>[];
}

const RANGE = { lo: 'double precision', hi: 'double precision' } as const;

const TABLES: readonly IndexTable[] = [
  {
    name: 'index_token',
    columns: { system: 'text', code: 'text' },
    rows: (index) => index.token.map(({ param, system, code }) => ({ param, system, code })),
  },
  {
    name: 'index_string',
    columns: { exact: 'text', folded: 'text' },
    rows: (index) => index.string.map(({ param, exact, folded }) => ({ param, exact, folded })),
  },
  {
    name: 'index_reference',
    columns: { target_type: 'text', target_id: 'text', url: 'text' },
    rows: (index) =>
      index.reference.map(({ param, targetType, targetId, url }) => ({
        param,
        target_type: targetType,
        target_id: targetId,
        url,
      })),
  },
  {
    name: 'index_date',
    columns: { lo: 'timestamptz', hi: 'timestamptz' },
    rows: (index) => index.date.map(({ param, lo, hi }) => ({ param, lo, hi })),
  },
  {
    name: 'index_number',
    columns: RANGE,
    rows: (index) => index.number.map(({ param, lo, hi }) => ({ param, lo, hi })),
  },
  {
    name: 'index_quantity',
    columns: { ...RANGE, system: 'text', code: 'text' },
    rows: (index) =>
      index.quantity.map(({ param, lo, hi, system, code }) => ({ param, lo, hi, system, code })),
  },
  {
    name: 'index_uri',
    columns: { uri: 'text' },
    rows: (index) => index.uri.map(({ param, uri }) => ({ param, uri })),
  },
];

/** One statement over all index tables. */
const CLEAR = TABLES.map(
  ({ name }) =>
    `${name}_gone as (delete from ${name} i using gone g where i.tenant = $1 and i.type = g.type and i.id = g.id)`,
);

/**
 * Index rows belong to current versions alone: those of the resources that had one are taken away, those of `versions` put
 * in.
 * @param hadOne whether a resource had a current version before: a new one has no rows to take away
 */
export async function replaceIndexRows(
  client: ClientBase,
  tenant: string,
  versions: readonly VersionWrite[],
  hadOne: (version: VersionWrite) => boolean,
): Promise<void> {
  await clearIndexRows(client, tenant, versions.filter(hadOne));
  const indexed = versions.filter(({ deleted }) => !deleted);
  for (const table of TABLES) {
    const rows = indexed.flatMap(({ type, id, index }) =>
      table.rows(index).map((row) => ({ tenant, type, id, ...row })),
    );
    const columns = { tenant: 'text', type: 'text', id: 'text', param: 'text', ...table.columns } as const;
    // oxlint-disable-next-line no-await-in-loop -- one connection
    await insertRows<Readonly<Record<string, ColumnValue>>>(client, { name: table.name, columns }, rows);
  }
}

async function clearIndexRows(
  client: ClientBase,
  tenant: string,
  versions: readonly VersionWrite[],
): Promise<void> {
  if (versions.length === 0) return;
  await client.query({
    name: 'clear index rows',
    text: `with gone as materialized (select * from unnest($2::text[], $3::text[]) as u(type, id)),
           ${CLEAR.join(', ')} select 1`,
    values: [tenant, versions.map(({ type }) => type), versions.map(({ id }) => id)],
  });
}

/** For the audit, which compares the rows with what the bytes give. */
export { TABLES as INDEX_TABLES };
