import type { JsonObject } from '#digest';
import { zoneOffset } from '../../zone-offset.js';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { compact } from './parts.js';

const DTM = /^(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})?(\d{2})?(\.\d{1,9})?)?([+-]\d{4})?$/;

/** DTM, TS and DT as dateTime; as date where no zone is known. An issue says what could not be taken over. */
export function dateTime(cell: Cell, place: Place): string | undefined {
  const text = cell.at(1).value()?.replaceAll(/\s/g, '');
  const parts = text === undefined ? null : DTM.exec(text);
  if (parts === null) {
    if (text !== undefined) place.conversion.remark('invalid-value', cell.path, place.type);
    return undefined;
  }
  const [, year, month, date, hour] = parts;
  const whole = [year, month, date].filter((part) => part !== undefined).join('-');
  return hour === undefined ? whole : withTime(whole, parts, cell, place);
}

function withTime(date: string, parts: readonly (string | undefined)[], cell: Cell, place: Place): string {
  const [hour = '', minute = '00', second = '00', fraction = '', zone] = parts.slice(4);
  const local = `${date}T${hour}:${minute}:${second}`;
  const own = place.conversion.sender.zone;
  const assumed = own === undefined ? undefined : zoneOffset(local, own)?.offset;
  const offset = zone === undefined ? assumed : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  if (offset === undefined) place.conversion.remark('zone-unknown', cell.path, place.type);
  return offset === undefined ? date : `${local}${fraction}${offset}`;
}

/** The day of a DTM. */
export const day: DatatypeMap = (cell, place) => dateTime(cell, place)?.slice(0, 10);

/** DTM as instant; `undefined` where it is not that precise. */
export const instant: DatatypeMap = (cell, place) => {
  const value = dateTime(cell, place);
  return value !== undefined && value.length > 10 ? value : undefined;
};

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
