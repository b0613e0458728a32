import type { JsonObject } from '#digest';
import { UCUM, ucumCode } from '#terminology';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { compact } from './parts.js';
import { decimal, decimalOf, integerOf } from './quantities.js';

/** The unit members of a Quantity: the text as sent, and the UCUM code where it is certain. */
export function unitOf(cell: Cell): JsonObject {
  const [code, text, system] = [1, 2, 3].map((part) => cell.at(part).value());
  const unit = text ?? code;
  const ucum = code === undefined ? undefined : ucumCode(code, system?.toUpperCase() === 'UCUM');
  return {
    ...(unit === undefined ? {} : { unit }),
    ...(ucum === undefined ? {} : { system: UCUM, code: ucum }),
  };
}

/** CQ as Quantity. */
const quantity: DatatypeMap = (cell, place) => {
  const value = decimal(cell.at(1), place);
  return value === undefined ? undefined : { value, ...unitOf(cell.at(2)) };
};

/** NM as Quantity in a unit that the field is defined in. */
function quantityIn(unit: string, code: string): DatatypeMap {
  return (cell, place) => {
    const value = decimal(cell.at(1), place);
    return value === undefined ? undefined : { value, unit, system: UCUM, code };
  };
}

/** CP and MO as Money. */
const money: DatatypeMap = (cell, place: Place) => {
  const amount = cell.at(1);
  const value = decimal(amount.at(1), place);
  return value === undefined ? undefined : compact({ value, currency: amount.at(2).value() });
};

/** Data types of amounts. */
export const QUANTITY_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'NM[decimal]': decimalOf,
  'NM[integer]': integerOf(0),
  'NM[positiveInt]': integerOf(1),
  'NM[Quantity-days]': quantityIn('days', 'd'),
  'NM[Quantity-minutes]': quantityIn('minutes', 'min'),
  'CQ[Quantity]': quantity,
  'CP[Money]': money,
};
