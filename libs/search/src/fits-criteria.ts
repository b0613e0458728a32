import type { Criterion, Prefix, SearchValue } from '#fhir';
import { CANONICAL_UNITS, quantityQuery } from './index-quantities.js';
import type { IndexRows } from './index-rows.js';
import { foldText } from './index-text.js';

interface Span {
  readonly lo: number;
  readonly hi: number;
}

/**
 * Whether index rows meet all criteria, judged in memory: the guard's half of granular scopes, written apart from the
 * SQL. What `isGranular` refuses does not fit.
 */
export function fitsCriteria(criteria: readonly Criterion[], rows: IndexRows): boolean {
  return criteria.every((criterion) => isGranular(criterion) && fits(rows, criterion));
}

/**
 * Whether a criterion can be judged from a resource's own index rows: neither a column, nor a person's linked records, nor
 * a modifier that the index does not answer. Only such criteria may narrow a scope.
 */
export function isGranular({ param, modifier, values }: Criterion): boolean {
  if (param.startsWith('_') || modifier === 'text') return false;
  if (modifier === 'missing') return true;
  return values.length > 0 && values.every((value) => !isPerson(value));
}

function isPerson(value: SearchValue): boolean {
  if (value.kind !== 'reference' || value.url !== undefined) return false;
  return value.type === undefined || value.type === 'Patient';
}

function fits(rows: IndexRows, criterion: Criterion): boolean {
  const { param, modifier, values } = criterion;
  if (modifier === 'missing') return isMissing(rows, param) === (criterion.missing ?? true);
  const some = values.some((value) => fitsValue(rowsOf(rows, param), modifier, value));
  return modifier === 'not' ? !some : some;
}

function isMissing(rows: IndexRows, param: string): boolean {
  const own = rowsOf(rows, param);
  return Object.values(own).every((list) => list.length === 0);
}

function rowsOf(rows: IndexRows, param: string): IndexRows {
  const named = <Row extends { readonly param: string }>(list: readonly Row[]): readonly Row[] =>
    list.filter((row) => row.param === param);
  return {
    token: named(rows.token),
    string: named(rows.string),
    reference: named(rows.reference),
    date: named(rows.date),
    number: named(rows.number),
    quantity: named(rows.quantity),
    uri: named(rows.uri),
  };
}

function fitsValue(rows: IndexRows, modifier: Criterion['modifier'], value: SearchValue): boolean {
  switch (value.kind) {
    case 'token':
      return rows.token.some((row) => fitsToken(row, value));
    case 'string':
      return rows.string.some((row) => fitsText(row, value.text, modifier));
    case 'reference':
      return rows.reference.some((row) => fitsReference(row, value));
    case 'date':
      return rows.date.some((row) => fitsSpan(row, value.prefix, spanOf(value)));
    case 'number':
      return rows.number.some((row) => fitsNumber(row, value.prefix, value));
    case 'quantity':
      return rows.quantity.some((row) => fitsQuantity(row, value));
    case 'uri':
      return rows.uri.some((row) => row.uri === value.uri);
    default:
      return value satisfies never;
  }
}

function spanOf({ lo, hi }: { readonly lo: string; readonly hi: string }): Span {
  return { lo: Date.parse(lo), hi: Date.parse(hi) };
}

type Value<Kind extends SearchValue['kind']> = Extract<SearchValue, { kind: Kind }>;

function fitsToken(row: IndexRows['token'][number], { system, code }: Value<'token'>): boolean {
  return (code === undefined || row.code === code) && (system === undefined || row.system === (system ?? ''));
}

function fitsText(row: IndexRows['string'][number], text: string, modifier: Criterion['modifier']): boolean {
  if (modifier === 'exact') return row.exact === text;
  const folded = foldText(text);
  return modifier === 'contains' ? row.folded.includes(folded) : row.folded.startsWith(folded);
}

function fitsReference(row: IndexRows['reference'][number], { type, id, url }: Value<'reference'>): boolean {
  if (url !== undefined) return row.url === url;
  return row.targetId === id && (type === undefined || row.targetType === type);
}

function fitsQuantity(row: IndexRows['quantity'][number], value: Value<'quantity'>): boolean {
  const { system, code, lo, hi } = quantityQuery(value);
  const unit = system === undefined ? row.system !== CANONICAL_UNITS : row.system === system;
  return unit && (code === undefined || row.code === code) && fitsNumber(row, value.prefix, { lo, hi });
}

/** Half-open spans. */
function fitsSpan(row: Span, prefix: Prefix, asked: Span): boolean {
  const within = asked.lo <= row.lo && row.hi <= asked.hi;
  const verdicts: Readonly<Record<Prefix, boolean>> = {
    eq: within,
    ne: !within,
    gt: row.hi > asked.hi,
    lt: row.lo < asked.lo,
    ge: within || row.hi > asked.hi,
    le: within || row.lo < asked.lo,
    sa: asked.hi <= row.lo,
    eb: row.hi <= asked.lo,
    ap: row.lo < asked.hi && asked.lo < row.hi,
  };
  return verdicts[prefix];
}

/** A closed row against the half-open precision of the number that was asked for. */
function fitsNumber(row: Span, prefix: Prefix, asked: Span): boolean {
  const within = asked.lo <= row.lo && (row.hi < asked.hi || row.hi === asked.lo);
  const verdicts: Readonly<Record<Prefix, boolean>> = {
    eq: within,
    ne: !within,
    gt: row.hi > asked.hi,
    lt: row.lo < asked.lo,
    ge: row.hi >= asked.lo,
    le: row.lo <= asked.hi,
    sa: row.lo > asked.hi,
    eb: row.hi < asked.lo,
    ap: row.lo <= asked.hi && asked.lo <= row.hi,
  };
  return verdicts[prefix];
}
