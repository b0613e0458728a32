import type { JsonObject, JsonValue } from '#digest';
import type { SourcePatient } from './source.js';

/** A Patient as a roster names it; none where it has no id or is something else. */
export function patientOf(resource: JsonObject): readonly SourcePatient[] {
  const { resourceType, id, identifier } = resource;
  if (resourceType !== 'Patient' || typeof id !== 'string' || id === '') {
    return [];
  }
  const items: readonly JsonValue[] = Array.isArray(identifier) ? identifier : [];
  return [{ id, identifiers: items.flatMap((item) => identifierOf(item)) }];
}

function identifierOf(item: JsonValue): readonly string[] {
  if (typeof item !== 'object' || item === null) {
    return [];
  }
  const system: unknown = Reflect.get(item, 'system');
  const value: unknown = Reflect.get(item, 'value');
  return typeof system === 'string' && typeof value === 'string' ? [`${system}|${value}`] : [];
}
