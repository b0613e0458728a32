import { Decimal, type JsonObject, type JsonValue } from '#digest';
import { isList, isObject } from './json-shape.js';

/**
 * Whether two JSON values are equal as RFC 6902 compares them: numbers by their value, objects whatever their order.
 * @see https://www.rfc-editor.org/rfc/rfc6902#section-4.6
 */
export function sameValue(a: JsonValue, b: JsonValue): boolean {
  if (isNumber(a)) return isNumber(b) && digitsOf(a) === digitsOf(b);
  if (isList(a)) return isList(b) && sameItems(a, b);
  if (isObject(a)) return isObject(b) && sameMembers(a, b);
  return a === b;
}

function sameItems(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  return a.length === b.length && a.every((one, at) => sameValue(one, b[at] ?? null));
}

function sameMembers(a: JsonObject, b: JsonObject): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameValue(a[name] ?? null, b[name] ?? null))
  );
}

/** How long the JSON of a value is, at least: characters, less what escapes and marks add. It stops counting above `most`. */
export function sizeOf(value: JsonValue | undefined, most: number): number {
  if (value === undefined) return 0;
  if (isList(value)) return sizeOfAll(value, most);
  if (!isObject(value)) return String(value).length;
  const names = Object.keys(value).reduce((sum, name) => sum + name.length, 0);
  return names + sizeOfAll(Object.values(value), most - names);
}

/** Each child counts one for the mark between it and the next, so that many empty ones are not nothing. */
function sizeOfAll(values: readonly (JsonValue | undefined)[], most: number): number {
  let size = 1;
  for (const child of values) {
    if (size > most) return size;
    size += 1 + sizeOf(child, most - size);
  }
  return size;
}

function isNumber(value: JsonValue): value is number | Decimal {
  return typeof value === 'number' || value instanceof Decimal;
}

/** Sign, significant digits and exponent: one text for each number, however it is written. */
function digitsOf(value: number | Decimal): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(String(value)) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
