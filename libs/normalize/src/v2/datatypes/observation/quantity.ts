import type { JsonObject, JsonValue } from '#digest';
import { firstCellAt } from '../../engine/address.js';
import type { Place } from '../../engine/conversion.js';
import { unitParts } from '../units.js';
import { numberOf } from './number.js';

const COMPARATORS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>']);
const COMPARED = /^(?<comparator>[<>]=?)\s*(?<number>[+-]?[\d.]+)$/;

/** The unit of the observation that is made, OBX-6. */
export function observationUnit(place: Place): JsonObject {
  return unitParts(firstCellAt('OBX-6', place), place);
}

/** A number that may have a comparator before it (`<5`), as value and comparator. */
export function comparedNumber(text: string): { comparator?: string; value: JsonValue } | undefined {
  const plain = numberOf(text);
  if (plain !== undefined) return { value: plain };
  const { comparator, number } = COMPARED.exec(text.trim())?.groups ?? {};
  const value = number === undefined ? undefined : numberOf(number);
  return comparator === undefined || value === undefined ? undefined : { comparator, value };
}

/** Whether a text is a comparator of FHIR. */
export function isComparator(text: string): boolean {
  return COMPARATORS.has(text);
}
