import type { ClientBase } from 'pg';
import { toTimestamp } from './pool.js';
import type { ColumnValue } from './row-mac.js';

/** The types of the columns that we write. */
export type ColumnType =
  | 'text'
  | 'text[]'
  | 'bytea'
  | 'uuid'
  | 'timestamptz'
  | 'boolean'
  | 'int'
  | 'bigint'
  | 'numeric'
  | 'double precision'
  | 'jsonb';

/** Where rows go: the table's name, its columns with their types, and what to do with a row that is there. */
export interface Table<Row> {
  readonly name: string;
  readonly columns: Readonly<Record<keyof Row & string, ColumnType>>;
  /** An `on conflict …` clause. */
  readonly conflict?: string;
}

/** Inserts any number of rows with one statement, one array parameter per column. */
export async function insertRows<Row extends Readonly<Record<keyof Row, ColumnValue>>>(
  client: ClientBase,
  table: Table<Row>,
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) {
    return;
  }
  const columns = columnsOf(table);
  const names = columns.map(([name]) => name).join(', ');
  const casts = columns.map(([name, type]) => `u.${name}::${type}`).join(', ');
  await client.query({
    name: `insert ${table.name}`,
    text: `insert into ${table.name} (${names}) select ${casts} from ${unnest(columns)} ${table.conflict ?? ''}`,
    values: columns.map(([name, type]) => rows.map((row) => toText(row[name], type))),
  });
}

/** Updates rows found by `keys` with one statement; the other columns of `table` get the rows' values. */
export async function updateRows<Row extends Readonly<Record<keyof Row, ColumnValue>>>(
  client: ClientBase,
  table: Table<Row>,
  keys: readonly (keyof Row & string)[],
  rows: readonly Row[],
): Promise<void> {
  if (rows.length === 0) {
    return;
  }
  const columns = columnsOf(table);
  const isKey = (name: string): boolean => keys.some((key) => key === name);
  const sets = columns.filter(([name]) => !isKey(name)).map(([name, type]) => `${name} = u.${name}::${type}`);
  const matches = columns
    .filter(([name]) => isKey(name))
    .map(([name, type]) => `t.${name} = u.${name}::${type}`);
  await client.query({
    name: `update ${table.name} ${sets.length}`,
    text: `update ${table.name} t set ${sets.join(', ')} from ${unnest(columns)} where ${matches.join(' and ')}`,
    values: columns.map(([name, type]) => rows.map((row) => toText(row[name], type))),
  });
}

function columnsOf<Row>(table: Table<Row>): readonly (readonly [keyof Row & string, ColumnType])[] {
  return Object.keys(table.columns)
    .filter((name): name is keyof Row & string => name in table.columns)
    .map((name) => [name, table.columns[name]]);
}

function unnest(columns: readonly (readonly [string, ColumnType])[]): string {
  const parameters = columns.map((_, position) => `$${position + 1}::text[]`).join(', ');
  return `unnest(${parameters}) as u(${columns.map(([name]) => name).join(', ')})`;
}

/** All values travel as text: an array of arrays could not be unnested to arrays. */
function toText(value: ColumnValue, type: ColumnType): string | null {
  if (value === null) {
    return null;
  }
  if (value instanceof Uint8Array) {
    return `\\x${Buffer.from(value).toString('hex')}`;
  }
  if (typeof value === 'object') {
    return arrayLiteral(value);
  }
  return type === 'timestamptz' && typeof value === 'number' ? toTimestamp(value) : String(value);
}

function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
