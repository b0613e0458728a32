import type { JsonObject, JsonValue } from '#digest';
import type { DatatypeMap, Place } from '../engine/conversion.js';
import type { Cell } from '../message/message.js';
import { mappedBy, textOfCode } from './codes.js';
import { EXTENSION } from './extensions.js';
import { compact, extension } from './parts.js';
import { dateTime, period } from './times.js';

/** XAD and AD as Address. */
export const address: DatatypeMap = (cell, place) => {
  const line = linesOf(cell);
  const [city, state, postalCode, country] = [3, 4, 5, 6].map((part) => cell.at(part).value());
  const district = textOfCode(cell.at(9), place);
  const tract = textOfCode(cell.at(10), place);
  const named = compact({ line, city, district, state, postalCode, country });
  if (named === undefined && tract === undefined) return undefined;
  const { use, type, extensions } = kindOf(cell.at(7), place);
  const extent = compact({ start: dateTime(cell.at(13), place), end: dateTime(cell.at(14), place) });
  const tracts = tract === undefined ? [] : [extension(EXTENSION.censusTract, 'valueString', tract)];
  return compact({
    extension: [...extensions, ...tracts],
    use,
    type,
    ...named,
    period: extent ?? period(cell.at(12), place),
  });
};

/** Up to three parts of the street, the other designation, and the addressee. */
function linesOf(cell: Cell): readonly string[] {
  const street = [1, 2, 3].map((part) => cell.at(1).at(part).value());
  return [...street, cell.at(2).value(), cell.at(19).value()].filter((text) => text !== undefined);
}

interface Kind {
  readonly use: string | undefined;
  readonly type: string | undefined;
  readonly extensions: readonly JsonValue[];
}

function kindOf(cell: Cell, place: Place): Kind {
  const code = cell.value();
  if (code === undefined) return { use: undefined, type: undefined, extensions: [] };
  const kind = {
    use: mappedBy('AddressType[Use]', code, place)?.code,
    type: mappedBy('AddressType[Type]', code, place)?.code,
  };
  const extensions = code === 'HV' ? [extension(EXTENSION.addressUse, 'valueCode', 'HV')] : [];
  const isKnown = kind.use !== undefined || kind.type !== undefined || extensions.length > 0;
  if (!isKnown) place.conversion.remark('unmapped-code', cell.path, place.type);
  return { ...kind, extensions };
}

/** A place as text in an address. */
export const addressText: DatatypeMap = (cell): JsonObject | undefined => {
  const text = cell.text();
  return text === undefined ? undefined : { text };
};
