import type { Interval } from './rule.js';

const DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const DAY_MS = 86_400_000;

/**
 * The half-open interval that a FHIR date, dateTime or instant stands for: a day is all of it, a second all of it.
 * Dates, which have no zone, are read in UTC. `undefined` where the text is none of them (a 30 February is none).
 *
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function timeOf(text: string): Interval | undefined {
  if (DATE.test(text)) return dateOf(text);
  const [, date = '', fraction] = INSTANT.exec(text) ?? [];
  if (date === '' || dateOf(date) === undefined) return undefined;
  const from = Date.parse(text);
  return { from, to: from + (fraction === undefined ? 1000 : 1) };
}

function dateOf(text: string): Interval | undefined {
  const [year = 0, month, day] = text.split('-').map(Number);
  if (month === undefined) return { from: Date.UTC(year, 0), to: Date.UTC(year + 1, 0) };
  if (day === undefined) return { from: Date.UTC(year, month - 1), to: Date.UTC(year, month) };
  const from = Date.UTC(year, month - 1, day);
  return new Date(from).toISOString().startsWith(text) ? { from, to: from + DAY_MS } : undefined;
}

/** The instants that are in both; from ≥ to where there are none. */
export function intersect(a: Interval, b: Interval): Interval {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}
