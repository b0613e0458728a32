import type { JsonObject, JsonValue } from '#digest';
import { BEGINNING_MS, dateRange, END_MS, isObject, listOf, textOf, type DateRange } from '#fhir';
import type { Leaf, RowLists } from './index-leaf.js';

/**
 * Rows of a date: the span that its precision means, [lo, hi). A Period's open ends reach to the first and the last
 * instant that FHIR can write; of a Timing the outer limits count. Text that is no date gives no row.
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export function dateRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  const range = rangeOf(leaf.type, value);
  if (range !== undefined && range.loMs < range.hiMs) {
    rows.date.push({ param: leaf.param, lo: range.loMs, hi: range.hiMs });
  }
}

function rangeOf(type: string, value: JsonValue): DateRange | undefined {
  if (typeof value === 'string') return dateRange(value);
  if (!isObject(value)) return undefined;
  return type === 'Timing' ? timingRange(value) : periodRange(value);
}

function periodRange(period: JsonObject): DateRange | undefined {
  const [start, end] = [textOf(period, 'start'), textOf(period, 'end')];
  if (start === undefined && end === undefined) return undefined;
  const from = start === undefined ? { loMs: BEGINNING_MS } : dateRange(start);
  const to = end === undefined ? { hiMs: END_MS } : dateRange(end);
  return from === undefined || to === undefined ? undefined : { loMs: from.loMs, hiMs: to.hiMs };
}

function timingRange(timing: JsonObject): DateRange | undefined {
  const repeat = timing['repeat'];
  const bounds = isObject(repeat) ? repeat['boundsPeriod'] : undefined;
  const spans = listOf(timing['event'])
    .map((event) => (typeof event === 'string' ? dateRange(event) : undefined))
    .concat(isObject(bounds) ? periodRange(bounds) : undefined)
    .filter((span) => span !== undefined);
  if (spans.length === 0) return undefined;
  return spans.reduce((all, one) => ({
    loMs: Math.min(all.loMs, one.loMs),
    hiMs: Math.max(all.hiMs, one.hiMs),
  }));
}
