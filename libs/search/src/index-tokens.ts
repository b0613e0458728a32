import { Decimal, type JsonObject, type JsonValue } from '#digest';
import { isObject, listOf, textOf } from '#fhir';
import type { Leaf, RowLists } from './index-leaf.js';
import { isIndexable } from './index-text.js';

/**
 * Rows of a token: each coding of a concept, an identifier's or contact's value, a code, a boolean, a number.
 * What has no system has the empty one; codes of required bindings are among them.
 * @see https://hl7.org/fhir/R4/search.html#token
 */
export function tokenRows(rows: RowLists, leaf: Leaf, value: JsonValue): void {
  if (!isObject(value)) return addToken(rows, leaf.param, '', scalarText(value));
  switch (leaf.type) {
    case 'CodeableConcept':
      for (const coding of listOf(value['coding'])) if (isObject(coding)) addCoding(rows, leaf, coding);
      return;
    case 'Coding':
      return addCoding(rows, leaf, value);
    case 'Identifier':
      return addToken(rows, leaf.param, textOf(value, 'system') ?? '', textOf(value, 'value'));
    case 'ContactPoint':
      return addToken(rows, leaf.param, '', textOf(value, 'value'));
    default:
  }
}

/** Whether a Patient is dead: by the boolean, or by a date of death. No statement means alive. */
export function deceasedRows(rows: RowLists, patient: JsonObject): void {
  const isDead = patient['deceasedBoolean'] === true || typeof patient['deceasedDateTime'] === 'string';
  addToken(rows, 'deceased', '', String(isDead));
}

function addCoding(rows: RowLists, leaf: Leaf, coding: JsonObject): void {
  addToken(rows, leaf.param, textOf(coding, 'system') ?? '', textOf(coding, 'code'));
}

function addToken(rows: RowLists, param: string, system: string, code: string | undefined): void {
  if (code === undefined || !isIndexable(code) || (system !== '' && !isIndexable(system))) return;
  rows.token.push({ param, system, code });
}

function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  const isPlain = typeof value === 'boolean' || typeof value === 'number' || value instanceof Decimal;
  return isPlain ? String(value) : undefined;
}
