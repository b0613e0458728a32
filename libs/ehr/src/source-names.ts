import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject, textOf } from '#fhir';
import { resourceIdOf } from '#normalize';
import { searchPageOf } from './search-page.js';
import type { PullResult } from './source.js';

/** What a source calls one of its resources, and its version there. */
export interface SourceName {
  readonly id: string;
  readonly version: string | undefined;
}

/** By `Type/<our id>`. Our ids follow from the source's, and not the other way: who wants these has to have seen them. */
export type SourceNames = ReadonlyMap<string, SourceName>;

const LITERAL = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})$/;

/** What a source calls the resources of a pull. */
export function namesIn({ payloads }: PullResult): SourceNames {
  return new Map(
    payloads.flatMap(({ source, type, bytes }) =>
      searchPageOf(source, type, 'https://page.invalid/', bytes).resources.flatMap((resource) => {
        const id = textOf(resource, 'id');
        const version = isObject(resource.meta) ? textOf(resource.meta, 'versionId') : undefined;
        return id === undefined
          ? []
          : [[`${type}/${resourceIdOf(source, type, id)}`, { id, version }] as const];
      }),
    ),
  );
}

/** The types that a resource refers to by our ids. */
export function typesReferred(resource: JsonObject): ReadonlySet<string> {
  const types = new Set<string>();
  renamed(resource, (type) => {
    types.add(type);
    return undefined;
  });
  return types;
}

/**
 * A resource in the source's own words: its references by the source's ids.
 * @returns `undefined` where it refers to what the source was not seen to have
 */
export function inNamesOf(resource: JsonObject, names: SourceNames): JsonObject | undefined {
  let isKnown = true;
  const outbound = renamed(resource, (type, id) => {
    const name = names.get(`${type}/${id}`)?.id;
    isKnown &&= name !== undefined;
    return name;
  });
  return isKnown ? outbound : undefined;
}

type Rename = (type: string, id: string) => string | undefined;

function renamed(object: JsonObject, rename: Rename): JsonObject {
  const members = Object.entries(object).map(([name, value]) => [
    name,
    value === undefined ? undefined : name === 'reference' ? reference(value, rename) : walk(value, rename),
  ]);
  const walked: JsonObject = Object.fromEntries(members);
  return walked;
}

function walk(value: JsonValue, rename: Rename): JsonValue {
  if (isList(value)) return value.map((item) => walk(item, rename));
  return isObject(value) ? renamed(value, rename) : value;
}

function reference(value: JsonValue, rename: Rename): JsonValue {
  const [, type, id] = typeof value === 'string' ? (LITERAL.exec(value) ?? []) : [];
  if (type === undefined || id === undefined) return value;
  return `${type}/${rename(type, id) ?? id}`;
}
