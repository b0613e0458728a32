import type { JsonObject } from '#digest';
import { isObject } from '#fhir';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import { keyOfParts } from '../engine/key-text.js';
import type { Cell } from '../message/message.js';
import { identifiersOfAuthority, organizationOfAuthority } from './authorities.js';
import { identifierOfEi } from './identifiers.js';
import { compact } from './parts.js';
import { authorityParts } from './systems.js';

/** The levels of a PL from the widest to the narrowest: component, code of the physical type. */
const LEVELS: readonly (readonly [part: number, type: string | undefined])[] = [
  [4, 'si'],
  [7, 'bu'],
  [8, 'lvl'],
  [1, undefined],
  [2, 'ro'],
  [3, 'bd'],
];

const PHYSICAL_TYPE = 'http://terminology.hl7.org/CodeSystem/location-physical-type';

/**
 * PL as a reference to its narrowest location; each is part of the next wider one. A location is known by its own name
 * and those of all around it.
 */
export function location(cell: Pick<Cell, 'at'>, place: Place): JsonObject | undefined {
  const levels = LEVELS.filter(
    ([part]) => cell.at(part).value() !== undefined || !cell.at(part).at(2).isEmpty,
  );
  const names: string[] = [];
  let inside: JsonObject | undefined;
  for (const [at, [part, type]] of levels.entries()) {
    const isNarrowest = at === levels.length - 1;
    const level = cell.at(part);
    names.push(`${part}=${nameOf(level)}`);
    const resource = compact({
      identifier: identifiersOf(level, isNarrowest ? cell : undefined, place),
      name: nameOf(level),
      description: isNarrowest ? cell.at(9).value() : undefined,
      mode: 'instance',
      physicalType: type === undefined ? undefined : { coding: [{ system: PHYSICAL_TYPE, code: type }] },
      partOf: inside,
    });
    inside = place.conversion.relate({ type: 'Location', key: keyOfParts(names), resource: resource ?? {} });
  }
  return inside;
}

function nameOf(level: Cell): string {
  const { namespace, universalId } = authorityParts(level);
  return namespace ?? universalId ?? '';
}

function identifiersOf(
  level: Cell,
  whole: Pick<Cell, 'at'> | undefined,
  place: Place,
): readonly JsonObject[] {
  const at = whole?.at(11);
  const assigner = at === undefined || at.isEmpty ? undefined : organizationOfAuthority(at, place);
  const own = identifiersOfAuthority(authorityParts(level), place).map((one) => ({
    ...one,
    ...(assigner === undefined ? {} : { assigner }),
  }));
  const comprehensive = whole === undefined ? undefined : identifierOfEi(whole.at(10), place);
  return isObject(comprehensive) ? [...own, comprehensive] : own;
}

/** DLD as a reference to where a patient was discharged to: known by its code. */
export const dischargeLocation: DatatypeMap = (cell, place) => {
  const kind = cell.at(1);
  const [code, text] = [kind.at(1).value(), kind.at(2).value()];
  const name = text ?? code;
  if (name === undefined) return undefined;
  const coding = compact({ code, display: text });
  const resource =
    compact({ name, mode: 'instance', type: coding === undefined ? [] : [{ coding: [coding] }] }) ?? {};
  return place.conversion.relate({
    type: 'Location',
    key: keyOfParts(['discharge', code ?? '', name]),
    resource,
  });
};
