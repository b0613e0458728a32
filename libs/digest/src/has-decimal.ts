import { Decimal, isArray, type JsonValue } from './json.js';

/** Whether there is a number whose text a double cannot reproduce. */
export function hasDecimal(value: JsonValue | undefined): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Decimal) return true;
  return isArray(value) ? value.some(hasDecimal) : Object.values(value).some(hasDecimal);
}
