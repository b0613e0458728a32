import { namesSubject, type Criterion, type SearchParameterKind, type SearchValue } from '#fhir';
import { GatewayError } from '#outcome';
import { CANONICAL_UNITS, quantityQuery } from './index-quantities.js';
import { foldText } from './index-text.js';
import { indexRowsOf } from './sql-index-rows.js';
import { ORDER } from './sql-order.js';
import type { PredicateContext } from './sql-context.js';
import type { SqlValues } from './sql-statement.js';

type Value<Kind extends SearchValue['kind']> = Extract<SearchValue, { kind: Kind }>;

const KINDS: readonly SearchParameterKind[] = [
  'token',
  'string',
  'reference',
  'date',
  'number',
  'quantity',
  'uri',
];

/**
 * The condition that a version's current index rows meet a criterion. It is joined with the predicate on the same
 * version, so that complements (`:not`, `:missing`) are taken within what is visible.
 *
 * @throws GatewayError `unsupported-parameter` for a modifier that the index cannot answer.
 */
export function criterionCondition(context: PredicateContext, criterion: Criterion, v: string): string {
  const { param, modifier, values, missing } = criterion;
  if (modifier === 'missing') return missingCondition(context, param, v, missing ?? true);
  if (modifier === 'text') throw new GatewayError('unsupported-parameter', { expression: [`${param}:text`] });
  if (values.length === 0) throw new GatewayError('invalid-value', { expression: [param] });
  const alternatives = values.map((value) => valueCondition(context, criterion, value, v));
  const any = `(${alternatives.join(' or ')})`;
  return modifier === 'not' ? `not ${any}` : any;
}

/**
 * The resources of the patients that a criterion names, as ids to begin with: whatever else is asked for is looked up for
 * each. `undefined` where the criterion names nobody's record.
 */
export function leadingCondition(
  context: PredicateContext,
  { param, modifier, values }: Criterion,
  v: string,
): string | undefined {
  const references = values.filter((value) => value.kind === 'reference');
  const names = modifier === undefined && namesSubject(context.type, param) && references.length > 0;
  if (!names || references.length < values.length) return undefined;
  const any = references.map((value) => `(${referenceCondition(context, param, value)})`).join(' or ');
  return `${v}.id = any(array(select i.id from index_reference i where ${indexRowsOf(context, 'reference', param)} and (${any})))`;
}

function missingCondition(context: PredicateContext, param: string, v: string, missing: boolean): string {
  const some = KINDS.map((kind) => exists(context, kind, { param, v }, 'true')).join(' or ');
  return missing ? `not (${some})` : `(${some})`;
}

function exists(
  context: PredicateContext,
  kind: SearchParameterKind,
  { param, v }: { readonly param: string; readonly v: string },
  condition: string,
): string {
  const each = context.isLed === true ? ' offset 0' : '';
  return `exists (select 1 from index_${kind} i where ${indexRowsOf(context, kind, param)} and i.id = ${v}.id
    and ${condition}${each})`;
}

function valueCondition(
  context: PredicateContext,
  criterion: Criterion,
  value: SearchValue,
  v: string,
): string {
  const { param } = criterion;
  if (param === '_id') return idCondition(context, value, v);
  if (param === '_lastUpdated') return lastUpdatedCondition(context, value, v);
  const place = { param, v };
  switch (value.kind) {
    case 'token':
      return exists(context, 'token', place, tokenCondition(context, value));
    case 'string':
      return exists(context, 'string', place, stringCondition(context, value, criterion.modifier));
    case 'reference':
      return exists(context, 'reference', place, referenceCondition(context, param, value));
    case 'date':
      return exists(context, 'date', place, dateCondition(context, value));
    case 'number':
      return exists(context, 'number', place, numberCondition(context, value));
    case 'quantity':
      return exists(context, 'quantity', place, quantityCondition(context, value));
    case 'uri':
      return exists(context, 'uri', place, `i.uri = ${context.values.text(value.uri)}`);
    default:
      return value satisfies never;
  }
}

function idCondition({ values }: PredicateContext, value: SearchValue, v: string): string {
  return value.kind === 'token' && value.code !== undefined
    ? `${v}.id = ${values.text(value.code)}`
    : 'false';
}

/** An instant of one millisecond against a span. */
function lastUpdatedCondition({ values }: PredicateContext, value: SearchValue, v: string): string {
  if (value.kind !== 'date') return 'false';
  const compare = ORDER.instant[value.prefix];
  return bounded(values, (lo, hi) => compare(`${v}.last_updated`, lo, hi), value, 'timestamptz');
}

/** `system` null: none; absent: any. `code` absent: any code of the system. */
function tokenCondition({ values }: PredicateContext, { system, code }: Value<'token'>): string {
  const parts = [
    ...(code === undefined ? [] : [`i.code = ${values.text(code)}`]),
    ...(system === undefined ? [] : [`i.system = ${values.text(system ?? '')}`]),
  ];
  return parts.length === 0 ? 'true' : parts.join(' and ');
}

function stringCondition(
  { values }: PredicateContext,
  { text }: Value<'string'>,
  modifier: Criterion['modifier'],
): string {
  if (modifier === 'exact') return `i.exact = ${values.text(text)}`;
  const folded = values.text(foldText(text));
  if (modifier === 'contains') return `position(${folded} in i.folded) > 0`;
  return `i.folded ~>=~ ${folded} and i.folded ~<~ (${folded} || chr(1114111)) and starts_with(i.folded, ${folded})`;
}

/**
 * A Patient whose record is asked for means the person: every record that is linked to hers. Any other reference means
 * just what it says: a search by what a visible resource mentions must not tell which hidden records are of one person.
 */
function referenceCondition(
  context: PredicateContext,
  param: string,
  { type, id, url }: Value<'reference'>,
): string {
  const { values } = context;
  if (url !== undefined) return `i.url = ${values.text(url)}`;
  const target = values.text(id);
  const person = namesSubject(context.type, param);
  if (type !== undefined && (type !== 'Patient' || !person)) {
    return `i.target_id = ${target} and i.target_type = ${values.text(type)}`;
  }
  if (!person) return `i.target_id = ${target}`;
  const own =
    type === undefined
      ? `(i.target_type = 'Patient' or i.target_id = ${target})`
      : `i.target_type = 'Patient'`;
  return `${linkedCondition(context, target)} and ${own}`;
}

function linkedCondition({ values, predicate }: PredicateContext, target: string): string {
  const tenant = values.add(predicate.tenant, 'text', 'tenant');
  return `i.target_id = any(array(
    select b.patient from person_link a join person_link b on b.tenant = a.tenant and b.person = a.person
    where a.tenant = ${tenant} and a.patient = ${target} and a.until_time is null and b.until_time is null
    union select ${target}))`;
}

function dateCondition({ values }: PredicateContext, value: Value<'date'>): string {
  return bounded(values, ORDER.span[value.prefix], value, 'timestamptz');
}

function numberCondition({ values }: PredicateContext, value: Value<'number'>): string {
  return bounded(values, ORDER.number[value.prefix], value, 'float8');
}

function quantityCondition({ values }: PredicateContext, value: Value<'quantity'>): string {
  const query = quantityQuery(value);
  const system =
    query.system === undefined
      ? `i.system <> '${CANONICAL_UNITS}'`
      : `i.system = ${values.text(query.system)}`;
  const code = query.code === undefined ? 'true' : `i.code = ${values.text(query.code)}`;
  return `${system} and ${code} and ${bounded(values, ORDER.number[value.prefix], query, 'float8')}`;
}

/** Puts bounds into a comparison. A bound that it does not name must not become a parameter: it would have no type. */
function bounded(
  values: SqlValues,
  compare: (lo: string, hi: string) => string,
  bounds: { readonly lo: string | number; readonly hi: string | number },
  type: string,
): string {
  const text = compare('{lo}', '{hi}');
  const put = (into: string, name: 'lo' | 'hi'): string => {
    if (!into.includes(`{${name}}`)) return into;
    const placeholder = values.add(bounds[name], type);
    return into.replaceAll(`{${name}}`, () => placeholder);
  };
  return put(put(text, 'lo'), 'hi');
}
