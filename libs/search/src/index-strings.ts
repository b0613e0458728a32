import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf } from '#fhir';
import type { Leaf, RowLists } from './index-leaf.js';
import { cutText, foldText, MAX_STRING } from './index-text.js';

/** Members of the structures that a string parameter searches in any part of. */
const PARTS: Readonly<Record<string, readonly string[] | undefined>> = {
  HumanName: ['text', 'family', 'given', 'prefix', 'suffix'],
  Address: ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'],
};

/**
 * Rows of a string, exact and folded; names and addresses give one for each part.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function stringRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  if (typeof value === 'string') addString(rows, leaf.param, value);
  else if (isObject(value)) addParts(rows, leaf, value);
}

function addParts(rows: RowLists, leaf: Leaf, value: JsonObject): void {
  for (const part of PARTS[leaf.type] ?? []) {
    for (const text of listOf(value[part])) {
      if (typeof text === 'string') addString(rows, leaf.param, text);
    }
  }
}

function addString(rows: RowLists, param: string, text: string): void {
  const exact = cutText(text);
  const folded = foldText(exact).slice(0, MAX_STRING);
  if (folded !== '') rows.string.push({ param, exact, folded });
}
