import type { JsonObject, JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { mappedCode } from './codes.js';
import { EXTENSION } from './extensions.js';
import { ABSENT, compact, extension } from './parts.js';
import { dateTime } from './times.js';

/** XTN as ContactPoint; `use` where component 2 names none. An e-mail address beside a number is a second one. */
export function contactPoint(use?: 'home' | 'work'): DatatypeMap {
  return (cell, place) => {
    const number = numberOf(cell, place);
    const address = cell.at(4).value();
    const common = commonParts(cell, place, use);
    if (number === undefined || ELECTRONIC.has(cell.at(3).value() ?? '')) {
      const value = address ?? number;
      return value === undefined ? undefined : { ...system(cell, value, place), value, ...common };
    }
    const point = compact({
      extension: numberParts(cell),
      ...system(cell, number, place),
      value: number,
      ...common,
    });
    const isBeside = address?.includes('@') === true;
    return isBeside ? [point ?? {}, { system: 'email', value: address, ...common }] : point;
  };
}

const ELECTRONIC: ReadonlySet<string> = new Set(['Internet', 'X.400']);
const LOOKS_LIKE_NUMBER = /^[\d\s()+./x*#-]{3,}$/i;

function commonParts(cell: Cell, place: Place, fallback: string | undefined): JsonObject {
  const useCode = cell.at(2);
  const rank = Number(cell.at(18).value() ?? '0');
  const period = compact({ start: dateTime(cell.at(13), place), end: dateTime(cell.at(14), place) });
  return (
    compact({
      use: useCode.isEmpty ? fallback : codeAt(useCode, 'TelecommunicationUseCode', place),
      rank: Number.isInteger(rank) && rank > 0 ? rank : undefined,
      period,
    }) ?? {}
  );
}

/** The number as written whole, else put together of its parts; another number beside it is not taken over. */
function numberOf(cell: Cell, place: Place): string | undefined {
  const [country, area, local, extra] = [5, 6, 7, 8].map((part) => cell.at(part).value());
  const written = cell.at(1).value();
  const made = local === undefined ? undefined : spoken([country, area, local, extra]);
  const number = cell.at(12).value() ?? made;
  if (number === undefined || written === undefined) return number ?? written;
  const isSame = [number, made ?? number].some((other) => digitsOf(other) === digitsOf(written));
  if (!isSame) place.conversion.remark('unmapped', cell.at(1).path, place.type);
  return isSame ? written : number;
}

function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}

function spoken([country, area, local, extra]: readonly (string | undefined)[]): string {
  const parts = [country === undefined ? '' : `+${country.replace(/^\+/, '')}`, area ?? '', local ?? ''];
  return [...parts, extra === undefined ? '' : `X${extra}`].filter((part) => part !== '').join(' ');
}

const NUMBER_PARTS: readonly (readonly [number, string])[] = [
  [5, EXTENSION.contactCountry],
  [6, EXTENSION.contactArea],
  [7, EXTENSION.contactLocal],
  [8, EXTENSION.contactExtension],
];

function numberParts(cell: Cell): readonly JsonValue[] {
  return NUMBER_PARTS.flatMap(([part, url]) => {
    const value = cell.at(part).value();
    return value === undefined ? [] : [extension(url, 'valueString', value)];
  });
}

function system(cell: Cell, value: string, place: Place): JsonObject {
  const equipment = cell.at(3);
  const named = equipment.isEmpty ? undefined : codeAt(equipment, 'TelecommunicationEquipmentType', place);
  const isEmail = value.includes('@');
  const known = named ?? (isEmail ? 'email' : LOOKS_LIKE_NUMBER.test(value) ? 'phone' : undefined);
  return known === undefined ? { _system: ABSENT('unknown') } : { system: known };
}

function codeAt(cell: Cell, codes: string, place: Place): string | undefined {
  const code = cell.value();
  if (code === undefined) return undefined;
  const mapped = mappedCode(code, undefined, { ...place, row: { ...place.row, codes } });
  if (mapped === undefined) place.conversion.remark('unmapped-code', cell.path, place.type);
  return mapped?.code;
}
