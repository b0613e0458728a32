import { GatewayError } from '#outcome';
import type { JsonObject } from '#digest';
import { growPathTree, textOf, walkPathTree, type PathTree } from '#fhir';
import { accessorsOf, type Accessor } from './accessor.js';
import { dateRows } from './index-dates.js';
import type { Leaf, RowLists, RowMaker } from './index-leaf.js';
import { numberRows, quantityRows } from './index-quantities.js';
import { provenancePatientRows, referenceRows, uriRows } from './index-references.js';
import type { IndexRows } from './index-rows.js';
import { stringRows } from './index-strings.js';
import { deceasedRows, tokenRows } from './index-tokens.js';

const MAKERS: Readonly<Record<Leaf['kind'], RowMaker>> = {
  token: tokenRows,
  string: stringRows,
  reference: referenceRows,
  date: dateRows,
  number: numberRows,
  quantity: quantityRows,
  uri: uriRows,
};

/** Rows of one resource beyond which it is refused rather than indexed in part. */
const MAX_ROWS = 20_000;

const plans = new Map<string, PathTree<Leaf>>();

/**
 * The index rows of a resource, by the search parameters of its type: no duplicates, in no promised order.
 * `_id` and `_lastUpdated` are columns and give none. Whatever does not have the shape its path expects is passed over.
 * @throws GatewayError `too-large` beyond 20,000 rows.
 */
export function indexRows(resource: JsonObject): IndexRows {
  const type = textOf(resource, 'resourceType') ?? '';
  const rows: RowLists = {
    token: [],
    string: [],
    reference: [],
    date: [],
    number: [],
    quantity: [],
    uri: [],
  };
  walkPathTree(planOf(type), resource, (leaf, value) => MAKERS[leaf.kind](rows, leaf, value));
  if (type === 'Patient') deceasedRows(rows, resource);
  if (type === 'Provenance') provenancePatientRows(rows, resource);
  return distinctRows(rows);
}

function planOf(type: string): PathTree<Leaf> {
  const known = plans.get(type);
  if (known !== undefined) return known;
  const accessors = accessorsOf(type);
  const plan = growPathTree(accessors.flatMap(leavesOf));
  if (accessors.length > 0) plans.set(type, plan);
  return plan;
}

function leavesOf({ param, kind, paths }: Accessor): readonly [path: string, leaf: Leaf][] {
  return paths.map((text) => {
    const [path = '', value = ''] = text.split(':');
    const [type = '', target] = value.split('?');
    return [path, { param, kind, type, target }];
  });
}

function distinctRows(rows: RowLists): IndexRows {
  const count = Object.values(rows).reduce((sum, list) => sum + list.length, 0);
  if (count > MAX_ROWS) throw new GatewayError('too-large', { details: 'index rows' });
  return {
    token: distinct(rows.token, (row) => `${row.param}\0${row.system}\0${row.code}`),
    string: distinct(rows.string, (row) => `${row.param}\0${row.exact}`),
    reference: distinct(
      rows.reference,
      (row) => `${row.param}\0${row.targetType}\0${row.targetId}\0${row.url}`,
    ),
    date: distinct(rows.date, (row) => `${row.param}\0${row.lo}\0${row.hi}`),
    number: distinct(rows.number, (row) => `${row.param}\0${row.lo}\0${row.hi}`),
    quantity: distinct(
      rows.quantity,
      (row) => `${row.param}\0${row.lo}\0${row.hi}\0${row.system}\0${row.code}`,
    ),
    uri: distinct(rows.uri, (row) => `${row.param}\0${row.uri}`),
  };
}

function distinct<Row>(list: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  if (list.length < 2) return list;
  const seen = new Map<string, Row>();
  for (const row of list) seen.set(keyOf(row), row);
  return seen.size === list.length ? list : [...seen.values()];
}
