import type { JsonObject, JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { mappedAt } from './codes.js';
import { EXTENSION } from './extensions.js';
import { compact, extension } from './parts.js';
import { dateTime, period } from './times.js';

/** Where in a type the parts of a person's name stand; XPN, XCN and CNN differ. */
export interface NameParts {
  readonly family: number;
  readonly given: readonly number[];
  readonly prefix: number;
  readonly suffixes: readonly number[];
  readonly use: number;
  readonly range: number;
  readonly order: number;
  readonly start: number;
  readonly end: number;
}

const XPN: NameParts = {
  family: 1,
  given: [2, 3],
  prefix: 5,
  suffixes: [4, 6, 14],
  use: 7,
  range: 10,
  order: 11,
  start: 12,
  end: 13,
};

/** The name within XCN. */
export const XCN_NAME: NameParts = {
  family: 2,
  given: [3, 4],
  prefix: 6,
  suffixes: [5, 7, 21],
  use: 10,
  range: 17,
  order: 18,
  start: 19,
  end: 20,
};

/** XPN as HumanName; a name that the person is called by is a second one. */
export const humanName: DatatypeMap = (cell, place) => {
  const name = nameOf(cell, XPN, place);
  const calledBy = cell.at(15).value();
  if (calledBy === undefined) return name;
  const nickname = { use: 'nickname', given: [calledBy] };
  return name === undefined ? nickname : [name, nickname];
};

/** The first HumanName of an XPN, for elements that have one name only. */
export const singleName: DatatypeMap = (cell, place) => nameOf(cell, XPN, place);

/** A person's name by the places of its parts. */
export function nameOf(cell: Cell, parts: NameParts, place: Place): JsonObject | undefined {
  const { family, extensions } = surname(cell.at(parts.family));
  const given = textsOf(cell, parts.given);
  const prefix = textsOf(cell, [parts.prefix]);
  const suffix = textsOf(cell, parts.suffixes);
  if (family === undefined && [given, prefix, suffix].every((texts) => texts.length === 0)) return undefined;
  const order = mappedAt(cell.at(parts.order), 'NameAssemblyOrder', place)?.code;
  const extent = compact({
    start: dateTime(cell.at(parts.start), place),
    end: dateTime(cell.at(parts.end), place),
  });
  return compact({
    extension: order === undefined ? [] : [extension(EXTENSION.assemblyOrder, 'valueCode', order)],
    use: mappedAt(cell.at(parts.use), 'NameType', place)?.code,
    family,
    _family: compact({ extension: extensions }),
    given,
    prefix,
    suffix,
    period: extent ?? period(cell.at(parts.range), place),
  });
}

const SURNAME_PARTS: readonly (readonly [number, string])[] = [
  [2, EXTENSION.ownPrefix],
  [3, EXTENSION.ownName],
  [4, EXTENSION.partnerPrefix],
  [5, EXTENSION.partnerName],
];

function surname(cell: Cell): {
  readonly family: string | undefined;
  readonly extensions: readonly JsonValue[];
} {
  const extensions = SURNAME_PARTS.flatMap(([part, url]) => {
    const value = cell.at(part).value();
    return value === undefined ? [] : [extension(url, 'valueString', value)];
  });
  return { family: cell.at(1).value(), extensions };
}

function textsOf(cell: Cell, parts: readonly number[]): readonly string[] {
  return parts.map((part) => cell.at(part).value()).filter((text) => text !== undefined);
}

/** XPN as text, in the order that names are spoken in. */
export const nameText: DatatypeMap = (cell) => {
  const text = textsOf(cell, [5, 2, 3, 1, 4, 6]).join(' ');
  return text === '' ? undefined : text;
};
