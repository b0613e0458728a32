/** A sound time of HL7 v2, its parts as text. Those that it leaves out are `undefined`. */
export interface Timestamp {
  /** `2026`, `2026-01` or `2026-01-12`. */
  readonly date: string;
  /** `hh:mm:ss`; hours or minutes alone are filled up with zeros, since FHIR wants seconds. */
  readonly time: string | undefined;
  /** `.1234`, digits as written; empty where there is none. */
  readonly fraction: string;
  /** `+hh:mm`, `-hh:mm`. Beside a date without a time it says nothing to FHIR. */
  readonly offset: string | undefined;
}

/** YYYY[MM[DD[HH[MM[SS[.S…]]]]]][+/-ZZZZ]; a clock only behind a whole date. */
const DTM = /^(\d{4}(?:\d{2}){0,2})(?:(?<=^\d{8})(\d{2}|\d{4}|\d{6}(?:\.\d{1,9})?))?([+-]\d{4})?$/;
/** HH[MM[SS[.S…]]][+/-ZZZZ] */
const TM = /^(\d{2}|\d{4}|\d{6}(?:\.\d{1,9})?)(?:[+-]\d{4})?$/;

/**
 * Reads a DTM, TS or DT.
 *
 * @returns `undefined` where it is no time that a calendar and a clock can show: all zeros, month 13, 30 February, 24:00, the
 * second 60, an offset that FHIR does not allow.
 * @see HL7 v2.8.2, chapter 2A.3.21
 */
export function timestampOf(text: string): Timestamp | undefined {
  const [, digits = '', clock, zone] = DTM.exec(text) ?? [];
  const date = calendarDate(digits);
  const time = clockTime(clock);
  const offset = offsetOf(zone);
  if (date === undefined || time === 'invalid' || offset === 'invalid') {
    return undefined;
  }
  return { date, time, fraction: clock?.slice(6) ?? '', offset };
}

/**
 * Reads a TM as FHIR writes it, without its zone.
 *
 * @returns `undefined` where no clock shows it.
 */
export function timeOfDay(text: string): string | undefined {
  const clock = TM.exec(text)?.[1];
  const time = clockTime(clock);
  return time === undefined || time === 'invalid' ? undefined : `${time}${clock?.slice(6) ?? ''}`;
}

function calendarDate(digits: string): string | undefined {
  const year = digits.slice(0, 4);
  const parts = [year, ...pairs(digits.slice(4))];
  const [, month = '01', day = '01'] = parts;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.toISOString().startsWith(`${year}-${month}-${day}`);
  return exists && year !== '' && year !== '0000' ? parts.join('-') : undefined;
}

function clockTime(digits: string | undefined): string | undefined {
  if (digits === undefined) {
    return undefined;
  }
  const [hour = '00', minute = '00', second = '00'] = pairs(digits.slice(0, 6));
  return hour <= '23' && minute <= '59' && second <= '59' ? `${hour}:${minute}:${second}` : 'invalid';
}

/** FHIR has no unknown offset: `-0000` is UTC, too. */
function offsetOf(zone: string | undefined): string | undefined {
  if (zone === undefined) {
    return undefined;
  }
  const [hours = '', minutes = ''] = pairs(zone.slice(1));
  if (minutes > '59' || `${hours}${minutes}` > '1400') {
    return 'invalid';
  }
  return `${hours}${minutes}` === '0000' ? '+00:00' : `${zone.charAt(0)}${hours}:${minutes}`;
}

function pairs(digits: string): readonly string[] {
  return digits.match(/\d{2}/g) ?? [];
}
