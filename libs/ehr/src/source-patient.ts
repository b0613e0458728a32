import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf, textOf } from '#fhir';
import type { SourcePatient } from './source.js';

/** A Patient as a roster names it; none where it has no id or is something else. */
export function patientOf(resource: JsonObject): readonly SourcePatient[] {
  const id = textOf(resource, 'id');
  if (resource.resourceType !== 'Patient' || id === undefined || id === '') {
    return [];
  }
  return [{ id, identifiers: listOf(resource.identifier).flatMap((item) => identifierOf(item)) }];
}

function identifierOf(item: JsonValue): readonly string[] {
  const system = isObject(item) ? textOf(item, 'system') : undefined;
  const value = isObject(item) ? textOf(item, 'value') : undefined;
  return system === undefined || value === undefined ? [] : [`${system}|${value}`];
}
