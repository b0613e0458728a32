import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from '#fhir';
import type { Unjudged } from './unjudged.js';

/**
 * Resources that one message makes more than once under one key, as one each: what came first counts, lists hold the
 * items of all, each once.
 */
export function joinEquals(list: readonly Unjudged[]): readonly Unjudged[] {
  const joined = new Map<string, Unjudged>();
  for (const one of list) {
    const before = joined.get(`${one.type}/${one.id}`);
    joined.set(`${one.type}/${one.id}`, before === undefined ? one : joinedResource(before, one));
  }
  return [...joined.values()];
}

function joinedResource(first: Unjudged, second: Unjudged): Unjudged {
  const resource = joinElements(first.resource, second.resource);
  const cleared = [...first.cleared, ...second.cleared].filter((name) => resource[name] === undefined);
  return { ...first, resource, cleared: [...new Set(cleared)] };
}

/** Both of two elements: what came first counts, lists hold the items of both, each once. */
export function joinElements(first: JsonObject, second: JsonObject): JsonObject {
  const result: Record<string, JsonValue | undefined> = { ...first };
  for (const [name, value] of Object.entries(second)) {
    const before = result[name];
    if (value !== undefined) result[name] = before === undefined ? value : joinedValue(before, value);
  }
  return result;
}

function joinedValue(first: JsonValue, second: JsonValue): JsonValue {
  if (isObject(first) && isObject(second)) return joinElements(first, second);
  if (!isList(first) || !isList(second)) return first;
  const known = new Set(first.map((item) => JSON.stringify(item)));
  return [...first, ...second.filter((item) => !known.has(JSON.stringify(item)))];
}
