import type { JsonObject } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Cell } from '../message/message.js';
import { codeOfTable } from './codes.js';
import { numbered } from './identifiers.js';
import { nameOf, XCN_NAME, type NameParts } from './names.js';
import { compact } from './parts.js';
import { assignerSystem } from './systems.js';

/** The parts of a person as XCN has them. */
export function personParts(cell: Cell, place: Place): JsonObject | undefined {
  const identifier = identifierOf(cell, place);
  const name = nameOf(cell, XCN_NAME, place);
  return compact({
    identifier: identifier === undefined ? [] : [identifier],
    name: name === undefined ? [] : [name],
  });
}

function identifierOf(cell: Cell, place: Place): JsonObject | undefined {
  const value = cell.at(1).value();
  return value === undefined
    ? undefined
    : numbered(value, cell, { digit: 11, scheme: 12, authority: 9, type: 13 }, place);
}

/** What tells a person from others of the sender: the identifier with its authority, else the name. */
export function personKey(cell: Cell, place: Place): string | undefined {
  const value = cell.at(1).value();
  const system = assignerSystem(cell.at(9), place.conversion.sender);
  const names = [cell.at(2).at(1), cell.at(3), cell.at(4)].map((part) => part.value() ?? '');
  const isNobody = value === undefined && names.every((name) => name === '');
  return isNobody ? undefined : keyOfPerson(value, system, names);
}

function keyOfPerson(
  value: string | undefined,
  system: string | undefined,
  names: readonly string[],
): string {
  if (value === undefined) return keyOfParts(['name', ...names]);
  // A number without an authority counts together with the name: another department's may be the same.
  return system === undefined ? keyOfParts(['', value, ...names]) : `${system}|${value}`;
}

/** XCN as a reference to the practitioner. */
export const practitioner: DatatypeMap = (cell, place) => {
  const key = personKey(cell, place);
  const parts = personParts(cell, place);
  if (key === undefined || parts === undefined) return undefined;
  const degree = cell.at(7).value();
  const coding = degree === undefined ? undefined : codeOfTable(degree, 'DegreeLicenseCertificate', place);
  const qualification = coding === undefined ? [] : [{ code: { coding: [coding] } }];
  const resource = compact({ ...parts, qualification }) ?? {};
  return place.conversion.relate({ type: 'Practitioner', key, resource });
};

const CNN_NAME: NameParts = {
  family: 2,
  given: [3, 4],
  prefix: 6,
  suffixes: [5, 7],
  use: 99,
  range: 99,
  order: 99,
  start: 99,
  end: 99,
};

/** CNN (and the first component of NDL) as a reference to the practitioner: authority in components 9 to 11. */
export const practitionerOfCnn: DatatypeMap = (cell, place) => {
  const value = cell.at(1).value();
  const name = nameOf(cell, CNN_NAME, place);
  const system = cnnSystem(cell, place);
  const names = [2, 3, 4].map((part) => cell.at(part).value() ?? '');
  if (value === undefined && name === undefined) return undefined;
  const display = cell.at(10).isEmpty ? undefined : cell.at(9).value();
  const assigner = compact({ display });
  const identifier = value === undefined ? [] : [compact({ system, value, assigner }) ?? {}];
  const resource = compact({ identifier, name: name === undefined ? [] : [name] }) ?? {};
  return place.conversion.relate({ type: 'Practitioner', key: keyOfPerson(value, system, names), resource });
};

function cnnSystem(cell: Cell, place: Place): string | undefined {
  const isEmpty = cell.at(9).isEmpty && cell.at(10).isEmpty;
  return assignerSystem({ at: (part) => cell.at(part + 8), isEmpty }, place.conversion.sender);
}
