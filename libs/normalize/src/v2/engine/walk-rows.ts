import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import type { Cell } from '../message/message.js';
import { allCellsAt, isValued, parseAddress } from './address.js';
import { holds } from './condition.js';
import type { DatatypeMap, Place } from './conversion.js';
import { deletedBy, isSole, type Deletion } from './deletions.js';
import { appends, topOf } from './element-path.js';
import { GrowingElement } from './growing-element.js';
import type { Row } from './map.js';

/** What rows made of an element. */
export interface Walked {
  readonly element: JsonObject;
  /** Whether anything but constants came. */
  readonly isFilled: boolean;
  readonly deletions: readonly Deletion[];
  /** Top-level elements that came from rows which only assume. */
  readonly assumed: readonly string[];
}

/** The place of an element whose rows are walked. */
export type Spot = Omit<Place, 'row'>;

/** Walks rows from one place and puts what they make into an element. */
export function walkRows(rows: readonly Row[], spot: Spot, element = new GrowingElement()): Walked {
  const walk = new Walk(rows, element, spot);
  for (const row of rows) {
    if (holds(row.when, spot)) walk.take(row);
  }
  const { isFilled, deletions, assumed } = walk;
  return { element: element.value, isFilled, deletions, assumed };
}

/** A walk over rows. */
class Walk {
  isFilled = false;
  readonly deletions: Deletion[] = [];
  readonly assumed: string[] = [];

  constructor(
    private readonly rows: readonly Row[],
    private readonly element: GrowingElement,
    private readonly spot: Spot,
  ) {}

  take(row: Row): void {
    if (row.value !== undefined) this.takeConstant(row, row.value);
    else if (isSegment(row)) this.takeNested(row, { ...this.spot, cell: undefined });
    else this.takeCells(row);
  }

  private takeConstant(row: Row, value: JsonValue): void {
    if (row.from === '' || isValued(row.from, this.spot)) this.element.place(row.to, value);
  }

  private takeCells(row: Row): void {
    const isSingle = !appends(row.to) && row.to !== '';
    for (const cell of allCellsAt(row.from, this.spot)) {
      if (cell.isNull) {
        this.clear(row, cell);
        continue;
      }
      if (this.element.isTaken(row.to)) break;
      if (row.rows === undefined) this.takeValue(row, cell);
      else this.takeNested(row, { ...this.spot, cell });
      if (isSingle) break;
    }
  }

  private clear(row: Row, cell: Cell): void {
    cell.skip();
    const key = deletedBy(row);
    if (key !== undefined) this.deletions.push({ key, isSole: isSole(this.rows, row), path: cell.path });
  }

  private takeNested(row: Row, spot: Spot): void {
    const inner = walkRows(row.rows ?? [], spot);
    const key = deletedBy(row);
    if (inner.isFilled) this.place(row, inner.element);
    // What is made anew lacks what was deleted within it.
    else if (key !== undefined) {
      for (const { path } of inner.deletions) this.deletions.push({ key, isSole: false, path });
    }
  }

  private takeValue(row: Row, cell: Cell): void {
    const value = datatypeOf(row, this.spot)(cell, { ...this.spot, row });
    if (value !== undefined) this.place(row, value);
  }

  private place(row: Row, value: JsonValue): void {
    const values = isList(value) && appends(row.to) ? value : [value];
    const isEmpty = row.to === '' && (!isObject(value) || Object.keys(value).length === 0);
    if (isEmpty || values.length === 0) return;
    if (row.assumed === true) this.assume(row);
    for (const one of values) this.element.place(row.to, one);
    this.isFilled = true;
  }

  private assume({ to }: Row): void {
    const top = topOf(to);
    if (top !== undefined && this.element.value[top] === undefined) this.assumed.push(top);
  }
}

function isSegment(row: Row): boolean {
  const { segment, field } = parseAddress(row.from);
  return row.rows !== undefined && segment !== undefined && field === undefined;
}

function datatypeOf(row: Row, { conversion }: Spot): DatatypeMap {
  if (row.as === undefined) return (cell) => cell.value();
  const map = conversion.tables.datatypes[row.as];
  if (map === undefined) throw new TypeError(`no data type map ${row.as}`);
  return map;
}
