import type { DatatypeMap, Place } from '../../engine/conversion.js';
import { cellsAt, firstCellAt } from '../../engine/address.js';
import { keyOfParts } from '../../engine/key-text.js';
import type { Address } from '../../engine/map.js';
import type { Cell } from '../../message/message.js';
import { identifierOfEi, typedEntity } from '../identifiers.js';
import { compact } from '../parts.js';
import { practitioner } from '../practitioners.js';
import { codingSystem } from '../systems.js';
import { contactPoint } from '../telecoms.js';
import { referenceRange } from './reference-range.js';
import { observationValue } from './value.js';

/** All repetitions of a field of FT or TX as the lines of one text. */
const lines: DatatypeMap = (cell, { row, ...place }) => {
  const texts = cellsAt(row.from, { ...place }).map((one) => one.text());
  return texts.length === 0 ? cell.text() : texts.filter((text) => text !== undefined).join('\n');
};

/** CWE as a reference to an organisation: identifier, its system, and a name. */
const organizationOfCode: DatatypeMap = (cell, place) => {
  const [value, text, name] = [1, 2, 3].map((part) => cell.at(part).value());
  const title = text ?? cell.at(9).value();
  const system = codingSystem(name, place.conversion.sender);
  if (value === undefined && title === undefined) return undefined;
  const identifier = value === undefined ? [] : [compact({ system, value }) ?? {}];
  const key = value === undefined ? ['name', title ?? ''] : ['code', system ?? '', value];
  const resource = compact({ identifier, name: title }) ?? {};
  return place.conversion.relate({ type: 'Organization', key: keyOfParts(key), resource });
};

/** EI as a reference to a device, known by it. */
const device: DatatypeMap = (cell, place) => {
  const identifier = identifierOfEi(cell, place);
  if (identifier === undefined) return undefined;
  const key = keyOfParts([1, 2, 3].map((part) => cell.at(part).value() ?? ''));
  return place.conversion.relate({ type: 'Device', key, resource: { identifier: [identifier] } });
};

/**
 * What another field says too: nothing to place. Where it says something else it is lost, with an issue. Both are read by
 * `map`; what that leaves is noted by itself.
 */
export function again(address: Address, map: DatatypeMap = (cell) => cell.text()): DatatypeMap {
  // By the first cell that stands there: a field may repeat as often as the one that is compared with it.
  const said = new WeakMap<Cell, ReadonlySet<string | undefined>>();
  const saidAt = (place: Place): ReadonlySet<string | undefined> => {
    const first = firstCellAt(address, place);
    const known = first === undefined ? new Set<string>() : said.get(first);
    if (known !== undefined) return known;
    const made = new Set(cellsAt(address, place).map((one) => JSON.stringify(map(one, place))));
    if (first !== undefined) said.set(first, made);
    return made;
  };
  return (cell, place) => {
    if (!saidAt(place).has(JSON.stringify(map(cell, place))))
      place.conversion.remark('unmapped', cell.path, place.type);
    return undefined;
  };
}

/** Data types of orders and results. */
export const OBSERVATION_TYPES: Readonly<Record<string, DatatypeMap>> = {
  'varies[value]': observationValue,
  'ST[ReferenceRange]': referenceRange,
  'FT[lines]': lines,
  'CWE[Organization]': organizationOfCode,
  'EI[Device]': device,
  'EI[Identifier-Shipment]': typedEntity('SHIP'),
  'again[ORC-2]': again('ORC-2', identifierOfEi),
  'again[ORC-3]': again('ORC-3', identifierOfEi),
  'again[ORC-12]': again('ORC-12', practitioner),
  'again[OBR-17]': again('OBR-17', contactPoint()),
};
