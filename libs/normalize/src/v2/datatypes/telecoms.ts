import type { JsonObject, JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { mappedAt } from './codes.js';
import { EXTENSION } from './extensions.js';
import { ABSENT, compact, extension } from './parts.js';
import { integerOf } from './quantities.js';
import { dateTime } from './times.js';

/**
 * XTN as ContactPoint; `use` where component 2 names none. What a sender puts into one XTN beside its number or address
 * is a contact point of its own: another number as written, an e-mail address beside a number, a number beside an address.
 */
export function contactPoint(use?: 'home' | 'work'): DatatypeMap {
  return (cell, place) => {
    if ([1, 4, 7, 12].every((part) => cell.at(part).isEmpty)) return undefined;
    const kind = kindOf(cell.at(3), place);
    const common = commonParts(cell, place, kind.use ?? use);
    const made = ELECTRONIC.has(cell.at(3).value() ?? '')
      ? addressPoints(cell, kind)
      : numberPoints(cell, kind, place);
    const points = made.filter((one) => one !== undefined).map((one) => ({ ...one, ...common }));
    return points.length === 0 ? undefined : points;
  };
}

const PHONE: Kind = { system: 'phone', use: undefined };
const EMAIL: Kind = { system: 'email', use: undefined };

type Points = readonly (JsonObject | undefined)[];

/** Of an Internet address: component 4, else what stands where the number does; else the number too. */
function addressPoints(cell: Cell, kind: Kind): Points {
  const [number, other] = numbersOf(cell);
  const address = cell.at(4).value();
  if (address === undefined) return [plainPoint(number, kind), plainPoint(other, kind)];
  return [plainPoint(address, kind), numberPoint(cell, number, PHONE), plainPoint(other, PHONE)];
}

/** Of a number. Beside it component 4 counts where it is an e-mail address; of anything else nobody knows the meaning. */
function numberPoints(cell: Cell, kind: Kind, place: Place): Points {
  const [number, other] = numbersOf(cell);
  const address = cell.at(4).value();
  if (number === undefined) return [plainPoint(address, kind)];
  const email = address?.includes('@') === true ? address : undefined;
  if (address !== email) place.conversion.remark('unmapped', cell.at(4).path, place.type);
  return [numberPoint(cell, number, kind), plainPoint(other, kind), plainPoint(email, EMAIL)];
}

function numberPoint(cell: Cell, number: string | undefined, kind: Kind): JsonObject | undefined {
  if (number === undefined) return undefined;
  return compact({ extension: numberParts(cell), ...system(kind, number), value: number });
}

function plainPoint(value: string | undefined, kind: Kind): JsonObject | undefined {
  return value === undefined ? undefined : { ...system(kind, value), value };
}

const ELECTRONIC: ReadonlySet<string> = new Set(['Internet', 'X.400']);
const LOOKS_LIKE_NUMBER = /^[\d\s()+./x*#-]{3,}$/i;

const rankOf = integerOf(1);

function commonParts(cell: Cell, place: Place, fallback: string | undefined): JsonObject {
  const useCode = cell.at(2);
  const period = compact({ start: dateTime(cell.at(13), place), end: dateTime(cell.at(14), place) });
  return (
    compact({
      use: useCode.isEmpty ? fallback : mappedAt(useCode, 'TelecommunicationUseCode', place)?.code,
      rank: rankOf(cell.at(18), place),
      period,
    }) ?? {}
  );
}

/** The number as unformatted, else put together of its parts, else as written; and what is written, where that differs. */
function numbersOf(cell: Cell): readonly [string | undefined, string | undefined] {
  const local = cell.at(7).value();
  const [country, area, extra] = [5, 6, 8].map((part) =>
    local === undefined ? undefined : cell.at(part).value(),
  );
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
