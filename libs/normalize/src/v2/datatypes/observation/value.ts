import type { JsonObject, JsonValue } from '#digest';
import { firstCellAt } from '../../engine/address.js';
import type { DatatypeMap, Place } from '../../engine/conversion.js';
import { timeOf } from '../../dates/dates.js';
import type { Cell } from '../../message/message.js';
import { codeableConcept, conceptOfCode } from '../codes.js';
import { ABSENT, compact } from '../parts.js';
import { dateTime } from '../times.js';
import { attachedValue, attachmentOfEd, attachmentOfRp } from './attachment.js';
import { numberOf } from './number.js';
import { comparedNumber, observationUnit } from './quantity.js';
import { structuredNumeric } from './structured-numeric.js';

/** Makes `value[x]` (or what stands for it) of a cell of OBX-5; `undefined` where the cell is not what its type says. */
type ValueMap = (cell: Cell, place: Place) => JsonObject | undefined;

/**
 * OBX-5 by the type that OBX-2 names. Types without a row here, and values that are not of their type, become text: all
 * of the field, as sent.
 */
const VALUES: Readonly<Record<string, ValueMap>> = {
  NM: numeric,
  SN: structuredNumeric,
  NR: numericRange,
  NA: sampled,
  ST: text,
  TX: text,
  FT: text,
  VR: verbatimRange,
  CE: concept(codeableConcept),
  CF: concept(codeableConcept),
  CNE: concept(codeableConcept),
  CWE: concept(codeableConcept),
  ID: concept(conceptOfCode),
  IS: concept(conceptOfCode),
  DT: moment,
  TS: moment,
  DTM: moment,
  TM: time,
  DR: period,
  ED: attachedValue(attachmentOfEd),
  RP: attachedValue(attachmentOfRp),
};

/** OBX-5 as the value of an Observation or of one of its components. */
export const observationValue: DatatypeMap = (cell, place) => {
  const type = firstCellAt('OBX-2', place)?.at(1).value()?.toUpperCase() ?? '';
  const map = Object.hasOwn(VALUES, type) ? VALUES[type] : undefined;
  const value = map?.(cell, place);
  if (value !== undefined) return value;
  const asText = map === VALUES['ED'] ? undefined : text(cell);
  if (map !== undefined && asText !== undefined)
    place.conversion.remark('invalid-value', cell.path, place.type);
  return asText;
};

function text(cell: Cell): JsonObject | undefined {
  const valueString = cell.text();
  return valueString === undefined ? undefined : { valueString };
}

function concept(map: DatatypeMap): ValueMap {
  return (cell, place) => {
    const valueCodeableConcept = map(cell, place);
    return valueCodeableConcept === undefined ? undefined : { valueCodeableConcept };
  };
}

function numeric(cell: Cell, place: Place): JsonObject | undefined {
  const number = comparedNumber(cell.text() ?? '');
  return number === undefined ? undefined : { valueQuantity: { ...number, ...observationUnit(place) } };
}

function numericRange(cell: Cell, place: Place): JsonObject | undefined {
  const [low, high] = [1, 2].map((part) => end(cell.at(part).value(), place));
  const valueRange = compact({ low, high });
  return valueRange === undefined ? undefined : { valueRange };
}

function end(number: string | undefined, place: Place): JsonObject | undefined {
  const value = number === undefined ? undefined : numberOf(number);
  return value === undefined ? undefined : { value, ...observationUnit(place) };
}

/** NA. FHIR wants an origin and a period, which v2 does not have: they are absent, with the reason. */
function sampled(cell: Cell, place: Place): JsonObject | undefined {
  const numbers = Array.from({ length: cell.parts }, (_, at) => cell.at(at + 1).value() ?? 'E');
  if (numbers.some((number) => number !== 'E' && numberOf(number) === undefined)) return undefined;
  const unit = observationUnit(place);
  const origin = { _value: ABSENT('unknown'), ...unit };
  return { valueSampledData: { origin, _period: ABSENT('unknown'), dimensions: 1, data: numbers.join(' ') } };
}

function verbatimRange(cell: Cell): JsonObject | undefined {
  const ends = [1, 2].map((part) => cell.at(part).value()).filter((part) => part !== undefined);
  return ends.length === 0 ? undefined : { valueString: ends.join('-') };
}

function moment(cell: Cell, place: Place): JsonObject | undefined {
  const valueDateTime: JsonValue | undefined = dateTime(cell, place);
  return valueDateTime === undefined ? undefined : { valueDateTime };
}

const HOURS_OR_ZONED = /^\d\d$|[+-]/;

/** TM as time; one of hours alone, or with a zone, has no counterpart. */
function time(cell: Cell): JsonObject | undefined {
  const written = cell.at(1).value() ?? '';
  const { value } = HOURS_OR_ZONED.test(written) ? {} : timeOf(written);
  return value === undefined ? undefined : { valueTime: value };
}

function period(cell: Cell, place: Place): JsonObject | undefined {
  const [from, until] = [1, 2].map((part) => dateTime(cell.at(part), place));
  const valuePeriod = compact({ start: from, end: until });
  return valuePeriod === undefined ? undefined : { valuePeriod };
}
