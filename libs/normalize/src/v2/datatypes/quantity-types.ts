import { UCUM } from '#terminology';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { compact } from './parts.js';
import { decimal, decimalOf, integerOf } from './quantities.js';
import { unitParts } from './units.js';

/** CQ as Quantity. */
const quantity: DatatypeMap = (cell, place) => {
  const value = decimal(cell.at(1), place);
  return value === undefined ? undefined : { value, ...unitParts(cell.at(2), place) };
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
  'CQ[Quantity]': quantity,
  'CP[Money]': money,
};
