/** A span of time, half-open: `loMs` is in it, `hiMs` is not. Epoch milliseconds. */
export interface DateRange {
  readonly loMs: number;
  readonly hiMs: number;
}

/** The first and the last millisecond of the years that FHIR can name: open ends of periods. Both print with four digits. */
export const BEGINNING_MS = -62_135_596_800_000;
export const END_MS = 253_402_300_799_999;

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?$/;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/**
 * The span that a FHIR date, dateTime or instant means, by its precision: `2020-03` is all of March.
 * A time without a zone, and every date, is taken as UTC. Fractions beyond a millisecond are cut.
 * @returns undefined where the text is no such value, or its month, day or time does not exist.
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function dateRange(text: string): DateRange | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const y = Number(year);
  if (y === 0) return undefined;
  if (month === undefined) return span(midnight(y, 1, 1), midnight(y + 1, 1, 1));
  const m = Number(month);
  if (m < 1 || m > 12) return undefined;
  if (day === undefined) return span(midnight(y, m, 1), midnight(y, m + 1, 1));
  const d = Number(day);
  if (d < 1 || d > daysIn(y, m)) return undefined;
  const start = midnight(y, m, d);
  if (hour === undefined) return span(start, start + DAY);
  return timeRange(start, { hour, minute, second, fraction, zone });
}

interface TimeText {
  readonly hour: string;
  readonly minute: string | undefined;
  readonly second: string | undefined;
  readonly fraction: string | undefined;
  readonly zone: string | undefined;
}

function timeRange(midnightMs: number, text: TimeText): DateRange | undefined {
  const [h, m, s] = [Number(text.hour), Number(text.minute), Number(text.second ?? 0)];
  const offset = zoneOffset(text.zone);
  if (h > 23 || m > 59 || s > 60 || offset === undefined) return undefined;
  const digits = text.fraction ?? '';
  const lo =
    midnightMs + (h * 60 + m) * MINUTE + s * SECOND + Number(digits.slice(0, 3).padEnd(3, '0')) - offset;
  if (text.second === undefined) return span(lo, lo + MINUTE);
  return span(lo, lo + SECOND / 10 ** Math.min(digits.length, 3));
}

/** Milliseconds east of UTC. */
function zoneOffset(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z') return 0;
  const [h, m] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
  if (h > 14 || m > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (h * 60 + m) * MINUTE;
}

function midnight(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day);
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function span(loMs: number, hiMs: number): DateRange {
  return { loMs: within(loMs), hiMs: within(hiMs) };
}

function within(ms: number): number {
  return Math.min(Math.max(ms, BEGINNING_MS), END_MS);
}
