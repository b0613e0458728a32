import type { JsonObject, JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import type { TableCode } from '../codes/code-table.js';
import { mappedCode } from './codes.js';
import { EXTENSION } from './extensions.js';
import { ABSENT, compact, extension } from './parts.js';
import { dateTime } from './times.js';

/**
 * XTN as ContactPoint; `use` where component 2 names none. What a sender puts into one XTN beside the number — another
 * number as written, an e-mail address — is a contact point of its own.
 */
export function contactPoint(use?: 'home' | 'work'): DatatypeMap {
  return (cell, place) => {
    const [number, other] = numbersOf(cell);
    const address = cell.at(4).value();
    const kind = kindOf(cell.at(3), place);
    const common = commonParts(cell, place, kind.use ?? use);
    if (number === undefined || ELECTRONIC.has(cell.at(3).value() ?? '')) {
      return plainPoint(address ?? number, kind, common);
    }
    const point =
      compact({ extension: numberParts(cell), ...system(kind, number), value: number, ...common }) ?? {};
    const email =
      address?.includes('@') === true ? { system: 'email', value: address, ...common } : undefined;
    return [point, plainPoint(other, kind, common), email].filter((one) => one !== undefined);
  };
}

function plainPoint(value: string | undefined, kind: Kind, common: JsonObject): JsonObject | undefined {
  return value === undefined ? undefined : { ...system(kind, value), value, ...common };
}

const ELECTRONIC: ReadonlySet<string> = new Set(['Internet', 'X.400']);
const LOOKS_LIKE_NUMBER = /^[\d\s()+./x*#-]{3,}$/i;

function commonParts(cell: Cell, place: Place, fallback: string | undefined): JsonObject {
  const useCode = cell.at(2);
  const rank = Number(cell.at(18).value() ?? '0');
  const period = compact({ start: dateTime(cell.at(13), place), end: dateTime(cell.at(14), place) });
  return (
    compact({
      use: useCode.isEmpty ? fallback : mappedAt(useCode, 'TelecommunicationUseCode', place)?.code,
      rank: Number.isInteger(rank) && rank > 0 ? rank : undefined,
      period,
    }) ?? {}
  );
}

/** The number as unformatted, else put together of its parts, else as written; and what is written, where that differs. */
function numbersOf(cell: Cell): readonly [string | undefined, string | undefined] {
  const [country, area, local, extra] = [5, 6, 7, 8].map((part) => cell.at(part).value());
  const written = cell.at(1).value();
  const made = local === undefined ? undefined : spoken([country, area, local, extra]);
  const number = cell.at(12).value() ?? made;
  if (number === undefined || written === undefined) return [number ?? written, undefined];
  const isSame = [number, made ?? number].some((other) => digitsOf(other) === digitsOf(written));
  return isSame ? [written, undefined] : [number, written];
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

/** What component 3 says: a system, or of a cellular phone its use. */
interface Kind {
  readonly system: string | undefined;
  readonly use: string | undefined;
}

const USE_SYSTEM = 'http://hl7.org/fhir/contact-point-use';

function kindOf(cell: Cell, place: Place): Kind {
  const mapped = mappedAt(cell, 'TelecommunicationEquipmentType', place);
  if (mapped?.system === USE_SYSTEM) return { system: 'phone', use: mapped.code };
  return { system: mapped?.code, use: undefined };
}

function system(kind: Kind, value: string): JsonObject {
  const isEmail = value.includes('@');
  const known = kind.system ?? (isEmail ? 'email' : LOOKS_LIKE_NUMBER.test(value) ? 'phone' : undefined);
  return known === undefined ? { _system: ABSENT('unknown') } : { system: known };
}

function mappedAt(cell: Cell, codes: string, place: Place): TableCode | undefined {
  const code = cell.value();
  if (code === undefined) return undefined;
  const mapped = mappedCode(code, undefined, { ...place, row: { ...place.row, codes } });
  if (mapped === undefined) place.conversion.remark('unmapped-code', cell.path, place.type);
  return mapped;
}
