import type { ClientBase } from 'pg';
import { binaryArray, type ArrayElement } from './binary-array.js';
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
  const casts = columns.map(([name, type]) => valueOf(name, type)).join(', ');
  await client.query({
    name: `insert ${table.name}`,
    text: `insert into ${table.name} (${names}) select ${casts} from ${unnest(columns)} ${table.conflict ?? ''}`,
    values: columns.map((column) => parameter(column, rows)),
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
  const sets = columns
    .filter(([name]) => !isKey(name))
    .map(([name, type]) => `${name} = ${valueOf(name, type)}`);
  const matches = columns
    .filter(([name]) => isKey(name))
    .map(([name, type]) => `t.${name} = ${valueOf(name, type)}`);
  await client.query({
    name: `update ${table.name} ${sets.length}`,
    text: `update ${table.name} t set ${sets.join(', ')} from ${unnest(columns)} where ${matches.join(' and ')}`,
    values: columns.map((column) => parameter(column, rows)),
  });
}

type Column<Row> = readonly [name: keyof Row & string, type: ColumnType];

function columnsOf<Row>(table: Table<Row>): readonly Column<Row>[] {
  return Object.keys(table.columns)
    .filter((name): name is keyof Row & string => name in table.columns)
    .map((name) => [name, table.columns[name]]);
}

function unnest<Row>(columns: readonly Column<Row>[]): string {
  const parameters = columns.map(([, type], position) => `$${position + 1}::${elementOf(type)}[]`).join(', ');
  return `unnest(${parameters}) as u(${columns.map(([name]) => name).join(', ')})`;
}

function valueOf(name: string, type: ColumnType): string {
  return elementOf(type) === type ? `u.${name}` : `u.${name}::${type}`;
}

/** Bytes travel as they are, all else as text: an array of arrays could not be unnested to arrays. */
function elementOf(type: ColumnType): ArrayElement {
  return type === 'bytea' ? 'bytea' : 'text';
}

function parameter<Row extends Readonly<Record<keyof Row, ColumnValue>>>(
  [name, type]: Column<Row>,
  rows: readonly Row[],
): Buffer {
  return binaryArray(
    elementOf(type),
    rows.map((row) => cellOf(row[name], type)),
  );
}

function cellOf(value: ColumnValue, type: ColumnType): string | Uint8Array | null {
  if (value === null || value instanceof Uint8Array) {
    return value;
  }
  if (type === 'bytea') {
    throw new TypeError('a column of bytes needs bytes');
  }
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'object') {
    return arrayLiteral(value);
  }
  return type === 'timestamptz' && typeof value === 'number' ? toTimestamp(value) : String(value);
}

function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
