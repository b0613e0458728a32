import type { JsonObject } from '#digest';
import { isObject } from '#fhir';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { codeOfTable, coding } from './codes.js';
import { EXTENSION } from './extensions.js';
import { compact, extension } from './parts.js';
import { organizationOfAuthority } from './authorities.js';
import { assignerSystem, ownEntry, systemOfAuthority } from './systems.js';
import { dateTime } from './times.js';

const TYPE_SYSTEM = 'http://terminology.hl7.org/CodeSystem/v2-0203';

/** Identifier.type of a code of table 0203. */
export function identifierType(code: string | undefined, place: Place): JsonObject | undefined {
  if (code === undefined) return undefined;
  const table = place.conversion.tables.codes['IdentifierType'] ?? {};
  const display = ownEntry(table, code)?.display;
  return { coding: [coding({ system: TYPE_SYSTEM, code, display })] };
}

/**
 * The authority of an identifier: its system, and the organisation as assigner where the authority has both a name and a
 * universal id, so that neither is lost.
 */
export function assigned(authority: Cell, place: Place): JsonObject {
  const system = assignerSystem(authority, place.conversion.sender);
  const hasBoth = !authority.at(1).isEmpty && !authority.at(2).isEmpty;
  const assigner = hasBoth ? organizationOfAuthority(authority, place) : undefined;
  return { ...(system === undefined ? {} : { system }), ...(assigner === undefined ? {} : { assigner }) };
}

/** Where in a type what is said of a number stands; CX, XCN and XON differ. */
interface NumberParts {
  readonly digit: number;
  readonly scheme: number;
  readonly authority: number;
  readonly type: number;
}

/** A number with its check digit, type and authority, as Identifier. */
export function numbered(value: string, cell: Cell, parts: NumberParts, place: Place): JsonObject {
  const [digit, scheme] = [cell.at(parts.digit).value(), cell.at(parts.scheme).value()];
  const checked = [
    ...(digit === undefined ? [] : [extension(EXTENSION.checkDigit, 'valueString', digit)]),
    ...(scheme === undefined ? [] : [extension(EXTENSION.checkDigitScheme, 'valueString', scheme)]),
  ];
  const type = identifierType(cell.at(parts.type).value(), place);
  return { ...compact({ extension: checked, type }), ...assigned(cell.at(parts.authority), place), value };
}

const CX: NumberParts = { digit: 2, scheme: 3, authority: 4, type: 5 };

/** CX as Identifier. */
export const identifierOfCx: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  if (value === undefined) return undefined;
  const period = compact({ start: dateTime(cell.at(7), place), end: dateTime(cell.at(8), place) });
  return { ...numbered(value, cell, CX, place), ...compact({ period }) };
};

/** EI as Identifier: authority in components 2 to 4. What of it the system does not say is told of the assigner. */
export const identifierOfEi: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  if (value === undefined) return undefined;
  const [namespace, universalId] = [2, 3].map((part) => cell.at(part).value());
  const type = universalId === undefined ? undefined : cell.at(4).value();
  const system = systemOfAuthority({ namespace, universalId, type }, place.conversion.sender);
  const display = universalId === undefined ? undefined : namespace;
  const isSaid =
    universalId === undefined || system?.toLowerCase().includes(universalId.toLowerCase()) === true;
  const identifier = isSaid ? undefined : { ...typeOfUniversalId(type, place), value: universalId };
  return compact({ system, value, assigner: compact({ identifier, display }) });
};

function typeOfUniversalId(type: string | undefined, place: Place): JsonObject {
  return type === undefined ? {} : { type: { coding: [codeOfTable(type, 'UniversalIDType', place)] } };
}

/** An EI with a fixed type: placer and filler numbers. */
export function typedEntity(code: string): DatatypeMap {
  return (cell, place) => {
    const identifier = identifierOfEi(cell, place);
    return isObject(identifier)
      ? { ...compact({ type: identifierType(code, place) }), ...identifier }
      : undefined;
  };
}

function systemOfName(namespace: string, { conversion }: Place): string | undefined {
  return systemOfAuthority({ namespace, universalId: undefined, type: undefined }, conversion.sender);
}

/** A plain number or name as Identifier. */
export const identifierOfText: DatatypeMap = (cell) => {
  const value = cell.at(1).value();
  return value === undefined ? undefined : { value };
};

/** CWE as Identifier: a plan's or product's number. */
export const identifierOfCode: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  const text = cell.at(2).value();
  const system = cell.at(3).value();
  const uri = system === undefined ? undefined : systemOfName(system, place);
  if (value === undefined && text === undefined) return undefined;
  return compact({ type: text === undefined ? undefined : { text }, system: uri, value });
};

/** DLN as Identifier: a driver's licence, of the state that issued it. */
export const identifierOfDln: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  if (value === undefined) return undefined;
  const issuer = cell.at(2).at(1).value();
  const system = issuer === undefined ? undefined : systemOfName(issuer, place);
  const period = compact({ end: dateTime(cell.at(3), place) });
  return compact({ type: identifierType('DL', place), system, value, period });
};

/** The SSN field as Identifier. */
export const identifierOfSsn: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  if (value === undefined) return undefined;
  return { type: identifierType('SS', place) ?? {}, system: 'http://hl7.org/fhir/sid/us-ssn', value };
};
