import type { JsonObject } from '#digest';
import type { Place } from '../../engine/conversion.js';
import type { Cell } from '../../message/message.js';
import { numberOf } from './number.js';
import { isComparator, observationUnit } from './quantity.js';

const ORIGINAL_TEXT = 'http://hl7.org/fhir/StructureDefinition/originalText';

/** The parts of an SN: `>` 1 `:` 128. */
interface Numeric {
  readonly comparator: string;
  readonly first: string;
  readonly separator: string;
  readonly second: string;
  /** All parts in order, with blanks between. */
  readonly text: string;
}

/**
 * SN as Observation value: a Quantity, a Ratio (`1:128`, titers), a Range (`3-5`); text for what none of them can say
 * (`<>`, `2+`, parts that are no numbers).
 */
export function structuredNumeric(cell: Cell, place: Place): JsonObject | undefined {
  const [comparator = '', first = '', separator = '', second = ''] = [1, 2, 3, 4].map((part) =>
    cell.at(part).value(),
  );
  const text = [comparator, first, separator, second].filter((part) => part !== '').join(' ');
  if (text === '') return undefined;
  const numeric = { comparator, first, separator, second, text };
  return valueOf(numeric, observationUnit(place)) ?? { valueString: text };
}

function valueOf(numeric: Numeric, unit: JsonObject): JsonObject | undefined {
  if (numeric.comparator === '<>') return undefined;
  switch (numeric.separator) {
    case ':':
    case '/':
      return ratioOf(numeric, unit);
    case '-':
      return rangeOf(numeric, unit);
    case '+':
      return undefined;
    default:
      return quantityOf(numeric, unit);
  }
}

function quantityOf(numeric: Numeric, unit: JsonObject): JsonObject | undefined {
  const value = numberOf(numeric.first);
  const isComparable = ['', '='].includes(numeric.comparator) || isComparator(numeric.comparator);
  if (value === undefined || !isComparable) return undefined;
  const rest = numeric.separator === '' && numeric.second === '' ? {} : original(numeric);
  return { valueQuantity: { ...rest, value, ...comparatorOf(numeric), ...unit } };
}

function ratioOf(numeric: Numeric, unit: JsonObject): JsonObject | undefined {
  const [value, second] = [numberOf(numeric.first), numberOf(numeric.second)];
  if (value === undefined || second === undefined) return undefined;
  const numerator = { value, ...comparatorOf(numeric), ...unit };
  return { valueRatio: { numerator, denominator: { value: second, ...unit } } };
}

function rangeOf(numeric: Numeric, unit: JsonObject): JsonObject | undefined {
  const [low, high] = [numberOf(numeric.first), numberOf(numeric.second)];
  if (low === undefined || high === undefined || Number(low) > Number(high)) return undefined;
  const rest = numeric.comparator === '' ? {} : original(numeric);
  return { valueRange: { ...rest, low: { value: low, ...unit }, high: { value: high, ...unit } } };
}

function comparatorOf({ comparator }: Numeric): JsonObject {
  return isComparator(comparator) ? { comparator } : {};
}

function original({ text }: Numeric): JsonObject {
  return { extension: [{ url: ORIGINAL_TEXT, valueString: text }] };
}
