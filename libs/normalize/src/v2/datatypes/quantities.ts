import type { JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { numberOf } from './observation/number.js';

/** The number that a cell holds, its digits as written; an issue where it is none. */
export function decimal(cell: Cell, place: Place): JsonValue | undefined {
  const text = cell.value();
  if (text === undefined) return undefined;
  const number = numberOf(text);
  if (number === undefined) place.conversion.remark('invalid-value', cell.path, place.type);
  return number;
}

/** NM as decimal. */
export const decimalOf: DatatypeMap = (cell, place) => decimal(cell.at(1), place);

/** NM as a whole number of at least `least`. */
export function integerOf(least: number): DatatypeMap {
  return (cell, place) => {
    const number = decimal(cell.at(1), place);
    if (number === undefined) return undefined;
    const value = Number(number);
    if (Number.isSafeInteger(value) && value >= least) return value;
    place.conversion.remark('invalid-value', cell.path, place.type);
    return undefined;
  };
}
