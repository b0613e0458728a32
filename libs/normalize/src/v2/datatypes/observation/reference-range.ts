import type { JsonObject, JsonValue } from '#digest';
import { firstCellAt } from '../../engine/address.js';
import type { DatatypeMap, Place } from '../../engine/conversion.js';
import { numberOf } from './number.js';
import { observationUnit } from './quantity.js';

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const BETWEEN = new RegExp(String.raw`^(?<low>${NUMBER})\s*(?:-|–|to)\s*(?<high>${NUMBER})$`);
const BELOW = new RegExp(String.raw`^<=?\s*(?<high>${NUMBER})$`);
const ABOVE = new RegExp(String.raw`^>=?\s*(?<low>${NUMBER})$`);
const NUMERIC_TYPES: ReadonlySet<string> = new Set(['NM', 'SN']);

/** OBX-7 as referenceRange: the text as sent, and its ends where a number's range is plain (`70-105`, `<5`, `>=3`). */
export const referenceRange: DatatypeMap = (cell, place) => {
  const text = cell.text();
  if (text === undefined) return undefined;
  const isNumeric = NUMERIC_TYPES.has(firstCellAt('OBX-2', place)?.value()?.toUpperCase() ?? '');
  const ends = isNumeric ? endsOf(text, place) : {};
  return { ...ends, text };
};

function endsOf(text: string, place: Place): JsonObject {
  const unit = observationUnit(place);
  const bare = withoutUnit(text.trim(), unit['unit']);
  const groups = (BETWEEN.exec(bare) ?? BELOW.exec(bare) ?? ABOVE.exec(bare))?.groups;
  const [low, high] = [groups?.['low'], groups?.['high']].map((end) =>
    end === undefined ? undefined : numberOf(end),
  );
  if (low !== undefined && high !== undefined && Number(low) > Number(high)) return {};
  return { ...endOf('low', low, unit), ...endOf('high', high, unit) };
}

function endOf(name: string, value: JsonValue | undefined, unit: JsonObject): JsonObject {
  return value === undefined ? {} : { [name]: { value, ...unit } };
}

/** `70-105 mg/dL`, where the unit is that of the value. */
function withoutUnit(text: string, unit: JsonValue | undefined): string {
  return typeof unit === 'string' && text.endsWith(unit) ? text.slice(0, -unit.length).trim() : text;
}
