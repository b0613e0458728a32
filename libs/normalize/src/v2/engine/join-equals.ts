import { canonicalize, type JsonObject, type JsonValue } from '#digest';
import { isList } from '#fhir';
import type { Unjudged } from './finish-resources.js';

/** Resources of which several have one id, as one each: what one lacks the other has; lists have the items of both. */
export function joinEquals(list: readonly Unjudged[]): readonly Unjudged[] {
  const byId = new Map<string, Unjudged>();
  for (const one of list) {
    const name = `${one.type}/${one.id}`;
    const before = byId.get(name);
    byId.set(name, before === undefined ? one : joinTwo(before, one));
  }
  return [...byId.values()];
}

function joinTwo(first: Unjudged, second: Unjudged): Unjudged {
  const resource = joinElements(first.resource, second.resource);
  const cleared = [...first.cleared, ...second.cleared].filter((name) => resource[name] === undefined);
  return { ...first, resource, cleared };
}

/** The first of two elements with what only the second has. */
export function joinElements(first: JsonObject, second: JsonObject): JsonObject {
  const joined = Object.entries(second).map(([name, value]) => [name, joinValues(first[name], value)]);
  return { ...first, ...Object.fromEntries(joined) };
}

function joinValues(first: JsonValue | undefined, second: JsonValue | undefined): JsonValue | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return isList(first) && isList(second) ? withoutRepeats([...first, ...second]) : first;
}

/** Items of a list, each once. */
export function withoutRepeats(items: readonly JsonValue[]): readonly JsonValue[] {
  return [...new Map(items.map((item) => [canonicalize(item), item])).values()];
}
