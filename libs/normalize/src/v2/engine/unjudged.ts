import type { JsonObject } from '#digest';

/** A resource before it was judged. */
export interface Unjudged {
  readonly type: string;
  readonly id: string;
  readonly key: string;
  readonly resource: JsonObject;
  readonly mode: 'merge' | undefined;
  readonly cleared: readonly string[];
  readonly assumed: readonly string[];
}

/** A resource without some of its top-level elements. */
export function without(resource: JsonObject, names: Iterable<string>): JsonObject {
  const gone = new Set([...names].flatMap((name) => [name, `_${name}`]));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !gone.has(name)));
}
