import type { JsonObject, JsonValue } from '#digest';

/** An object of the members that have a value; `undefined` where none has. */
export function compact(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject | undefined {
  const there = Object.entries(members).filter(([, value]) => value !== undefined && !isEmptyList(value));
  return there.length === 0 ? undefined : Object.fromEntries(there);
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** An extension with one value: `valueString` and the like by `name`. */
export function extension(url: string, name: string, value: JsonValue): JsonObject {
  return { url, [name]: value };
}

/** The extension that says why a required element has no value. */
export const ABSENT = (code: string): JsonObject => ({
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: code }],
});
