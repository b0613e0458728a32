import type { JsonObject, JsonValue } from '#digest';
import { isObject, listOf, sameElement, textOf } from '#fhir';

/** Lists of which a message replaces what it speaks of, and leaves the rest: by what tells their entries apart. */
const KEYED: Readonly<Record<string, (entry: JsonValue) => string>> = {
  extension: urlOf,
  modifierExtension: urlOf,
};
const KEYED_OF_PATIENT: typeof KEYED = { ...KEYED, identifier: kindOf };

/** An entry of a list: `extension(url)`, `identifier(system)`, `telecom(use)`. */
const ENTRY = /^(?<list>\w+)\((?<key>.+)\)$/;

/**
 * What is stored after a message that speaks of some elements only. Elements that it states replace the stored ones, lists
 * whole; what it cleared goes; the rest stays. Identifiers of a Patient are replaced by system and type, extensions by url. A
 * stated element replaces all forms of its choice. The same message again changes nothing.
 *
 * @param cleared what the sender deleted: top-level elements, a choice by any of its names, or entries of a list
 * @param assumed top-level elements that are stated for want of better: what is stored counts more
 */
export function mergeResource(
  before: JsonObject,
  stated: JsonObject,
  cleared: readonly string[] = [],
  assumed: readonly string[] = [],
): JsonObject {
  const type = textOf(stated, 'resourceType') ?? '';
  const stored = withoutEntries(before, cleared);
  const known = new Set(assumed.filter((name) => !cleared.includes(name)).flatMap(knownForms(type, stored)));
  const names = Object.keys(stated).filter((name) => stated[name] !== undefined && !known.has(name));
  const gone = new Set([...names, ...cleared].flatMap((name) => sameElement(type, name)));
  const keyed = type === 'Patient' ? KEYED_OF_PATIENT : KEYED;
  const kept = Object.entries(stored).filter(([name]) => !gone.has(name) || names.includes(name));
  const merged = names.map((name): [string, JsonValue | undefined] => {
    const keyOf = Object.hasOwn(keyed, name) && !cleared.includes(name) ? keyed[name] : undefined;
    const entries = listOf(stated[name]);
    return [name, keyOf === undefined ? stated[name] : replaceByKey(listOf(stored[name]), entries, keyOf)];
  });
  return { ...Object.fromEntries(kept), ...Object.fromEntries(merged) };
}

/** All forms of an element of which one is stored; none where none is. */
function knownForms(type: string, stored: JsonObject): (name: string) => readonly string[] {
  return (name) => {
    const forms = sameElement(type, name);
    return forms.some((form) => stored[form] !== undefined) ? forms : [];
  };
}

function withoutEntries(stored: JsonObject, cleared: readonly string[]): JsonObject {
  let left = stored;
  for (const name of cleared) {
    const { list = '', key } = ENTRY.exec(name)?.groups ?? {};
    const { [list]: before, ...rest } = left;
    const entries = listOf(before).filter((entry) => !isNamed(entry, key));
    left = entries.length === 0 ? rest : { ...left, [list]: entries };
  }
  return left;
}

function isNamed(entry: JsonValue, key: string | undefined): boolean {
  return isObject(entry) && ['url', 'system', 'use'].some((name) => entry[name] === key);
}

/** Stated entries stand where the first stored one of their key stood, or at the end. */
function replaceByKey(
  stored: readonly JsonValue[],
  stated: readonly JsonValue[],
  keyOf: (entry: JsonValue) => string,
): readonly JsonValue[] {
  const news = Map.groupBy(stated, keyOf);
  const placed = new Set<string>();
  const kept = stored.flatMap((entry) => {
    const key = keyOf(entry);
    const replacement = news.get(key);
    if (replacement === undefined) return [entry];
    const first = !placed.has(key);
    placed.add(key);
    return first ? replacement : [];
  });
  return [...kept, ...[...news].flatMap(([key, entries]) => (placed.has(key) ? [] : entries))];
}

function urlOf(extension: JsonValue): string {
  return (isObject(extension) ? textOf(extension, 'url') : undefined) ?? '';
}

/** An identifier's system and type: what a source numbers, and in which role. */
function kindOf(identifier: JsonValue): string {
  if (!isObject(identifier)) return '';
  const { type } = identifier;
  const codings = isObject(type) ? listOf(type['coding']).filter(isObject) : [];
  const codes = codings.map((coding) => `${textOf(coding, 'system') ?? ''}|${textOf(coding, 'code') ?? ''}`);
  return JSON.stringify([textOf(identifier, 'system') ?? '', codes.toSorted()]);
}
