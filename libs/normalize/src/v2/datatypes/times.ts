import type { JsonObject } from '#digest';
import { dateOf, dateTimeOf, instantOf } from '../dates/dates.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { compact } from './parts.js';

type Reading = ReturnType<typeof dateTimeOf>;

function read(cell: Cell, place: Place, as: (text: string | undefined) => Reading): string | undefined {
  const { value, issue } = as(cell.at(1).value());
  if (issue !== undefined) place.conversion.remark(issue, cell.path, place.type);
  return value;
}

/** DTM, TS and DT as dateTime; as date where no zone is known. An issue says what could not be taken over. */
export function dateTime(cell: Cell, place: Place): string | undefined {
  return read(cell, place, (text) => dateTimeOf(text, place.conversion.sender.zone));
}

/** The day of a DTM. */
export const day: DatatypeMap = (cell, place) => read(cell, place, dateOf);

/** DTM as instant; `undefined` where it is not that precise. */
export const instant: DatatypeMap = (cell, place) =>
  read(cell, place, (text) => instantOf(text, place.conversion.sender.zone));

/** DR as Period. */
export function period(cell: Cell, place: Place): JsonObject | undefined {
  return compact({ start: dateTime(cell.at(1), place), end: dateTime(cell.at(2), place) });
}

/** Data types of time. */
export const TIME_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'DTM[dateTime]': dateTime,
  'DTM[date]': day,
  'DTM[instant]': instant,
  'DR[Period]': period,
  'DR[dateTime]': (cell, place) => dateTime(cell.at(1), place),
};
