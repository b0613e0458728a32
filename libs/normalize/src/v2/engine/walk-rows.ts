import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import type { Cell } from '../message/message.js';
import { allCellsAt, isValued, parseAddress } from './address.js';
import { holds } from './condition.js';
import type { DatatypeMap, Place } from './conversion.js';
import { appends, isTaken, placed, topOf } from './element-path.js';
import type { Row } from './map.js';

/** What rows made of an element. */
export interface Walked {
  readonly element: JsonObject;
  /** Whether anything but constants came. */
  readonly isFilled: boolean;
  /** Top-level elements that the sender deletes by `""`, and that nothing else filled. */
  readonly cleared: readonly string[];
}

/** The place of an element whose rows are walked. */
export type Spot = Omit<Place, 'row'>;

/** Walks rows from one place and puts what they make into an element. */
export function walkRows(rows: readonly Row[], spot: Spot, start: JsonObject = {}): Walked {
  let walked: Walked = { element: start, isFilled: false, cleared: [] };
  for (const row of rows) {
    if (holds(row.when, spot)) walked = walkRow(walked, row, spot);
  }
  const cleared = new Set(walked.cleared.filter((name) => walked.element[name] === undefined));
  return { ...walked, cleared: [...cleared] };
}

function walkRow(walked: Walked, row: Row, spot: Spot): Walked {
  if (row.value !== undefined) return withConstant(walked, row, row.value, spot);
  if (isSegment(row)) return withNested(walked, row, { ...spot, cell: undefined });
  let result = walked;
  for (const cell of allCellsAt(row.from, spot)) {
    if (cell.isNull) {
      cell.skip();
      result = { ...result, cleared: [...result.cleared, ...namesOf(row)] };
      continue;
    }
    if (isTaken(result.element, row.to)) break;
    result =
      row.rows === undefined
        ? withValue(result, row, cell, spot)
        : withNested(result, row, { ...spot, cell });
    if (!appends(row.to) && row.to !== '') break;
  }
  return result;
}

function isSegment(row: Row): boolean {
  const { segment, field } = parseAddress(row.from);
  return row.rows !== undefined && segment !== undefined && field === undefined;
}

function namesOf(row: Row): readonly string[] {
  const name = topOf(row.to);
  return name === undefined ? [] : [name];
}

function withConstant(walked: Walked, row: Row, value: JsonValue, spot: Spot): Walked {
  const applies = row.from === '' || isValued(row.from, spot);
  return applies ? { ...walked, element: placed(walked.element, row.to, value) } : walked;
}

function withNested(walked: Walked, row: Row, spot: Spot): Walked {
  const inner = walkRows(row.rows ?? [], spot);
  return inner.isFilled ? filled(walked, row, inner.element) : walked;
}

function withValue(walked: Walked, row: Row, cell: Cell, spot: Spot): Walked {
  const value = datatypeOf(row, spot)(cell, { ...spot, row });
  return value === undefined ? walked : filled(walked, row, value);
}

function filled(walked: Walked, row: Row, value: JsonValue): Walked {
  const values = isList(value) && appends(row.to) ? value : [value];
  const isEmpty = row.to === '' && (!isObject(value) || Object.keys(value).length === 0);
  if (isEmpty || values.length === 0) return walked;
  const element = values.reduce<JsonObject>((made, one) => placed(made, row.to, one), walked.element);
  return { ...walked, element, isFilled: true };
}

function datatypeOf(row: Row, { conversion }: Spot): DatatypeMap {
  if (row.as === undefined) return (cell) => cell.value();
  const map = conversion.tables.datatypes[row.as];
  if (map === undefined) throw new TypeError(`no data type map ${row.as}`);
  return map;
}
