import { Decimal, type JsonObject, type JsonValue } from '#digest';
import { isObject, textOf, type SearchValue } from '#fhir';
import { canonicalValue, UCUM, unitConversion } from '#terminology';
import type { Leaf, RowLists } from './index-leaf.js';
import { isIndexable } from './index-text.js';

/** The system of rows in canonical units. A query without a unit MUST leave them out: their numbers are not the stored ones. */
export const CANONICAL_UNITS = 'urn:proviso:canonical-units';

/** Open ends: the largest doubles, since an infinity does not survive every encoding. */
const LOWEST = -Number.MAX_VALUE;
const HIGHEST = Number.MAX_VALUE;

interface Interval {
  readonly lo: number;
  readonly hi: number;
}

/**
 * Rows of a number: [lo, hi] closed, both ends equal but for a Range.
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export function numberRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  const interval = isObject(value) ? rangeInterval(value) : pointOf(value);
  if (interval !== undefined) rows.number.push({ param: leaf.param, ...interval });
}

/**
 * Rows of a quantity: one as it stands, and one in canonical units where its UCUM code is known. Money has its currency as
 * code; a comparator opens the interval.
 * @see https://hl7.org/fhir/R4/search.html#quantity
 */
export function quantityRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  if (!isObject(value)) return;
  const isRange = leaf.type === 'Range';
  const interval = isRange ? rangeInterval(value) : quantityInterval(value);
  const unit = isRange ? (objectOf(value['low']) ?? objectOf(value['high'])) : value;
  if (interval !== undefined && unit !== undefined) addQuantity(rows, leaf, interval, unitOf(unit));
}

interface Unit {
  readonly system: string;
  readonly code: string;
}

function addQuantity(rows: RowLists, leaf: Leaf, interval: Interval, unit: Unit): void {
  rows.quantity.push({ param: leaf.param, ...interval, ...unit });
  const conversion = unit.system === UCUM ? unitConversion(unit.code) : undefined;
  if (conversion === undefined) return;
  const [lo, hi] = [interval.lo, interval.hi].map((end) =>
    Math.abs(end) === HIGHEST ? end : canonicalValue(end, conversion),
  );
  if (lo === undefined || hi === undefined) return;
  rows.quantity.push({ param: leaf.param, lo, hi, system: CANONICAL_UNITS, code: conversion.code });
}

/** What to compare the rows of a quantity parameter with. */
export interface QuantityQuery extends Interval {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/**
 * The form of a quantity in a query that matches the rows: in canonical units where the unit is a known one of UCUM, else
 * as written. With `system` undefined a row of any system but `CANONICAL_UNITS` may match; with `code` undefined any code.
 */
export function quantityQuery(value: Extract<SearchValue, { kind: 'quantity' }>): QuantityQuery {
  const { lo, hi, system, code } = value;
  const conversion = system === UCUM && code !== undefined ? unitConversion(code) : undefined;
  if (conversion === undefined) return { lo, hi, system, code };
  return {
    lo: canonicalValue(lo, conversion),
    hi: canonicalValue(hi, conversion),
    system: CANONICAL_UNITS,
    code: conversion.code,
  };
}

function unitOf(quantity: JsonObject): Unit {
  const currency = textOf(quantity, 'currency');
  const unit =
    currency === undefined
      ? {
          system: textOf(quantity, 'system') ?? '',
          code: textOf(quantity, 'code') ?? textOf(quantity, 'unit') ?? '',
        }
      : { system: 'urn:iso:std:iso:4217', code: currency };
  return isIndexable(unit.code) && (unit.system === '' || isIndexable(unit.system))
    ? unit
    : { system: '', code: '' };
}

function quantityInterval(quantity: JsonObject): Interval | undefined {
  const point = pointOf(quantity['value']);
  const comparator = quantity['comparator'];
  if (point === undefined || comparator === undefined) return point;
  return comparator === '<' || comparator === '<='
    ? { lo: LOWEST, hi: point.hi }
    : { lo: point.lo, hi: HIGHEST };
}

function rangeInterval(range: JsonObject): Interval | undefined {
  const low = pointOf(objectOf(range['low'])?.['value']);
  const high = pointOf(objectOf(range['high'])?.['value']);
  if (low === undefined && high === undefined) return undefined;
  return { lo: low?.lo ?? LOWEST, hi: high?.hi ?? HIGHEST };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

function pointOf(value: JsonValue | undefined): Interval | undefined {
  if (typeof value !== 'number' && !(value instanceof Decimal)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? { lo: number, hi: number } : undefined;
}
