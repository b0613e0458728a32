import type { Cell, Segment } from '../message/message.js';
import type { Place } from './conversion.js';
import { segmentNear } from './segment-near.js';
import type { Address } from './map.js';

/** An address, taken apart. */
export interface ParsedAddress {
  /** `undefined` where relative to a cell. */
  readonly segment: string | undefined;
  readonly field: number | undefined;
  readonly parts: readonly number[];
}

const ABSOLUTE = /^([A-Z][A-Z0-9]{2})(?:-(\d+)((?:\.\d+)*))?$/;
const parsed = new Map<Address, ParsedAddress>();

/** Takes an address apart; throws where it is malformed, which a test of the tables finds. */
export function parseAddress(address: Address): ParsedAddress {
  const known = parsed.get(address);
  if (known !== undefined) return known;
  const result = address === '' || address.startsWith('.') ? relative(address) : absolute(address);
  parsed.set(address, result);
  return result;
}

function relative(address: Address): ParsedAddress {
  return { segment: undefined, field: undefined, parts: partsOf(address) };
}

function absolute(address: Address): ParsedAddress {
  const [whole, segment, field, parts] = ABSOLUTE.exec(address) ?? [];
  if (whole === undefined) throw new TypeError(`not an address: ${address}`);
  return { segment, field: field === undefined ? undefined : Number(field), parts: partsOf(parts ?? '') };
}

function partsOf(text: string): readonly number[] {
  const parts = text.split('.').slice(1).map(Number);
  if (parts.some((part) => !(part > 0))) throw new TypeError(`not an address: ${text}`);
  return parts;
}

/** The place that addresses are looked up from. */
export type Here = Pick<Place, 'segment' | 'cell' | 'group'>;

/** The cells at an address: those of each repetition that are neither empty nor `""`. */
export function cellsAt(address: Address, here: Here): readonly Cell[] {
  return [...allCellsAt(address, here)].filter((cell) => !cell.isNull);
}

/** The first of the cells at an address; the others are not looked at. */
export function firstCellAt(address: Address, here: Here): Cell | undefined {
  for (const cell of allCellsAt(address, here)) if (!cell.isNull) return cell;
  return undefined;
}

/** The cells at an address, `""` among them; empty ones are left out. */
export function* allCellsAt(address: Address, here: Here): Generator<Cell> {
  const { segment, field, parts } = parseAddress(address);
  for (const whole of segment === undefined ? cellOf(here) : fieldOf(segmentOf(segment, here), field)) {
    let cell = whole;
    for (const part of parts) cell = cell.at(part);
    if (!cell.isEmpty) yield cell;
  }
}

function cellOf(here: Here): readonly Cell[] {
  return here.cell === undefined ? [] : [here.cell];
}

function fieldOf(segment: Segment | undefined, field: number | undefined): readonly Cell[] {
  return segment === undefined || field === undefined ? [] : segment.field(field);
}

function segmentOf(name: string, here: Here): Segment | undefined {
  return here.segment.name === name ? here.segment : segmentNear(here.group, name);
}

/** Whether anything stands at an address. */
export function isValued(address: Address, here: Here): boolean {
  const { segment, field } = parseAddress(address);
  if (segment !== undefined && field === undefined) return segmentOf(segment, here) !== undefined;
  return firstCellAt(address, here) !== undefined;
}
