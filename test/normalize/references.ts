import type { JsonValue } from '#digest';
import { isList, isObject } from '#fhir';

const LITERAL = /^[A-Z][A-Za-z]+\/\S+$/;

/** The literal references anywhere in a value. */
export function referencesIn(value: JsonValue | undefined): readonly string[] {
  if (isList(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const { reference } = value;
  const own = typeof reference === 'string' && LITERAL.test(reference) ? [reference] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}
