import { searchParametersOf, type SearchParameterKind, type SortKey } from '#fhir';
import { GatewayError } from '#outcome';
import type { PredicateContext } from './sql-context.js';
import { indexRowsOf } from './sql-index-rows.js';

/** A sort key as SQL. What has no value comes last in either direction. */
export interface SqlSortKey {
  readonly expression: string;
  /** Type to which a cursor's text is cast. */
  readonly type: 'timestamptz' | 'text' | 'float8';
  readonly descending: boolean;
}

interface Extreme {
  readonly table: string;
  readonly type: SqlSortKey['type'];
  /** Column and what stands for a missing value, ascending and descending. */
  readonly ascending: readonly [column: string, missing: string];
  readonly descending: readonly [column: string, missing: string];
}

const LAST = 'chr(1114111)';
const EXTREMES: Readonly<Record<SearchParameterKind, Extreme>> = {
  token: { table: 'token', type: 'text', ascending: ['code', LAST], descending: ['code', "''"] },
  string: { table: 'string', type: 'text', ascending: ['folded', LAST], descending: ['folded', "''"] },
  reference: {
    table: 'reference',
    type: 'text',
    ascending: ['target_id', LAST],
    descending: ['target_id', "''"],
  },
  uri: { table: 'uri', type: 'text', ascending: ['uri', LAST], descending: ['uri', "''"] },
  date: {
    table: 'date',
    type: 'timestamptz',
    ascending: ['lo', "'infinity'::timestamptz"],
    descending: ['hi', "'-infinity'::timestamptz"],
  },
  number: {
    table: 'number',
    type: 'float8',
    ascending: ['lo', "'Infinity'::float8"],
    descending: ['hi', "'-Infinity'::float8"],
  },
  quantity: {
    table: 'quantity',
    type: 'float8',
    ascending: ['lo', "'Infinity'::float8"],
    descending: ['hi', "'-Infinity'::float8"],
  },
};

/** The keys of a search's order, a total one: newest first where none is asked for, the id last. */
export function sortKeys(context: PredicateContext, sort: readonly SortKey[]): readonly SqlSortKey[] {
  const asked = sort.length === 0 ? [{ param: '_lastUpdated', descending: true }] : sort;
  const until = asked.findIndex((key) => key.param === '_id');
  const keys = until < 0 ? [...asked, { param: '_id', descending: false }] : asked.slice(0, until + 1);
  return keys.map((key) => sortKey(context, key));
}

function sortKey(context: PredicateContext, { param, descending }: SortKey): SqlSortKey {
  if (param === '_id') return { expression: 'v.id', type: 'text', descending };
  if (param === '_lastUpdated') return { expression: 'v.last_updated', type: 'timestamptz', descending };
  const kind = searchParametersOf(context.type).get(param)?.kind;
  if (kind === undefined) throw new GatewayError('unsupported-parameter', { expression: ['_sort'] });
  const extreme = EXTREMES[kind];
  const [column, missing] = descending ? extreme.descending : extreme.ascending;
  const collation = extreme.type === 'text' ? ' collate "C"' : '';
  const found = `(select ${descending ? 'max' : 'min'}(i.${column}${collation}) from index_${extreme.table} i
    where ${indexRowsOf(context, kind, param)} and i.id = v.id)`;
  return { expression: `coalesce(${found}, ${missing}${collation})`, type: extreme.type, descending };
}

/** `order by` over the columns `k1`, `k2`, … of an alias. */
export function orderBy(keys: readonly SqlSortKey[], v: string): string {
  return keys.map((key, index) => `${v}.k${index + 1}${key.descending ? ' desc' : ''}`).join(', ');
}

/** What comes after a row with these key values: key by key, the earlier ones equal. */
export function afterCondition(
  context: PredicateContext,
  keys: readonly SqlSortKey[],
  after: readonly string[],
): string {
  if (after.length !== keys.length) throw new GatewayError('invalid-value', { expression: ['_cursor'] });
  const bounds = keys.map((key, index) => context.values.add(after[index] ?? '', key.type));
  const cases = keys.map((key, index) => {
    const equal = bounds.slice(0, index).map((bound, before) => `s.k${before + 1} = ${bound}`);
    return [...equal, `s.k${index + 1} ${key.descending ? '<' : '>'} ${bounds[index] ?? ''}`].join(' and ');
  });
  return `(${cases.map((one) => `(${one})`).join(' or ')})`;
}
