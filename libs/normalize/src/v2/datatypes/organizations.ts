import type { JsonObject } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Cell } from '../message/message.js';
import { numbered } from './identifiers.js';
import { compact } from './parts.js';
import { assignerSystem } from './systems.js';

/** XON as the parts of an Organization: name, and identifier of component 10, else 3. */
export function organizationParts(cell: Cell, place: Place): JsonObject | undefined {
  const name = cell.at(1).value();
  const identifier = identifierOf(cell, place);
  return compact({ identifier: identifier === undefined ? [] : [identifier], name });
}

function identifierOf(cell: Cell, place: Place): JsonObject | undefined {
  const value = cell.at(10).value() ?? cell.at(3).value();
  return value === undefined
    ? undefined
    : numbered(value, cell, { digit: 4, scheme: 5, authority: 6, type: 7 }, place);
}

/** What tells an organisation from others of the sender: its identifier, else its name. */
export function organizationKey(cell: Cell, place: Place): string | undefined {
  const value = cell.at(10).value() ?? cell.at(3).value();
  const system = value === undefined ? undefined : assignerSystem(cell.at(6), place.conversion.sender);
  const name = cell.at(1).value();
  if (value !== undefined && system !== undefined) return `${system}|${value}`;
  // A number that nobody is named to have assigned may mean something else elsewhere: the name tells them apart.
  if (value !== undefined) return keyOfParts(['', value, name ?? '']);
  return name === undefined ? undefined : keyOfParts(['name', name]);
}

/** XON as a reference to the organisation. */
export const organization: DatatypeMap = (cell, place) => {
  const key = organizationKey(cell, place);
  const resource = organizationParts(cell, place);
  if (key === undefined || resource === undefined) {
    place.conversion.remark('unmapped', cell.path, place.type);
    return undefined;
  }
  return place.conversion.relate({ type: 'Organization', key, resource });
};

/** A plain name, or a code with a text, as a reference to an organisation. */
export const organizationOfName: DatatypeMap = (cell, place) => {
  const name = cell.at(2).value() ?? cell.at(1).value();
  const value = cell.at(2).isEmpty ? undefined : cell.at(1).value();
  if (name === undefined) return undefined;
  const identifier = value === undefined ? [] : [{ value }];
  const resource = compact({ identifier, name }) ?? {};
  return place.conversion.relate({ type: 'Organization', key: keyOfParts(['name', name]), resource });
};
