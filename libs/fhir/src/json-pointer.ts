import type { JsonObject, JsonValue } from '#digest';
import { isList, isObject } from './json-shape.js';

/** The reference tokens of a JSON Pointer, unescaped. None: the whole document. */
export type Pointer = readonly string[];

const MAX_POINTER = 1024;
const INDEX = /^(?:0|[1-9]\d{0,8})$/;

/** Reads a pointer; undefined where the text is none. @see https://www.rfc-editor.org/rfc/rfc6901 */
export function parsePointer(text: string | undefined): Pointer | undefined {
  if (text === undefined || text.length > MAX_POINTER || (text !== '' && !text.startsWith('/')))
    return undefined;
  if (/~(?![01])/.test(text)) return undefined;
  return text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer; undefined where there is none. */
export function valueAt(document: JsonValue, pointer: Pointer): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const token of pointer) value = value === undefined ? undefined : childOf(value, token);
  return value;
}

/** Whether a value would move into itself. */
export function moveRefused(from: Pointer, path: Pointer): boolean {
  return from.length < path.length && from.every((token, at) => path[at] === token);
}

/** The document with a value added: a member set, an item inserted. Undefined where there is no such place. */
export function addAt(document: JsonValue, pointer: Pointer, value: JsonValue): JsonValue | undefined {
  return (
    changedAt(document, pointer, (parent, token) => {
      if (isObject(parent)) return withMember(parent, token, value);
      if (!isList(parent)) return undefined;
      const at = token === '-' ? parent.length : indexOf(token);
      return at === undefined || at > parent.length ? undefined : parent.toSpliced(at, 0, value);
    }) ?? (pointer.length === 0 ? value : undefined)
  );
}

/** The document with the value at a pointer replaced; undefined where there is none. */
export function replaceAt(document: JsonValue, pointer: Pointer, value: JsonValue): JsonValue | undefined {
  if (pointer.length === 0) return value;
  return changedAt(document, pointer, (parent, token) => {
    if (childOf(parent, token) === undefined) return undefined;
    if (isObject(parent)) return withMember(parent, token, value);
    return isList(parent) ? parent.with(Number(token), value) : undefined;
  });
}

/** The document without the value at a pointer; undefined where there is none. */
export function removeAt(document: JsonValue, pointer: Pointer): JsonValue | undefined {
  return changedAt(document, pointer, (parent, token) => {
    if (childOf(parent, token) === undefined) return undefined;
    if (isObject(parent))
      return Object.fromEntries(Object.entries(parent).filter(([name]) => name !== token));
    return isList(parent) ? parent.toSpliced(Number(token), 1) : undefined;
  });
}

/** The document with the parent of a place changed. What is not on the way there stays the very same value. */
function changedAt(
  document: JsonValue,
  pointer: Pointer,
  change: (parent: JsonValue, token: string) => JsonValue | undefined,
): JsonValue | undefined {
  const [token, ...rest] = pointer;
  if (token === undefined) return undefined;
  if (rest.length === 0) return change(document, token);
  const child = childOf(document, token);
  const changed = child === undefined ? undefined : changedAt(child, rest, change);
  if (changed === undefined) return undefined;
  if (isObject(document)) return withMember(document, token, changed);
  return isList(document) ? document.with(Number(token), changed) : undefined;
}

function childOf(value: JsonValue, token: string): JsonValue | undefined {
  if (isObject(value)) return Object.hasOwn(value, token) ? value[token] : undefined;
  const at = isList(value) ? indexOf(token) : undefined;
  return at === undefined || !isList(value) ? undefined : value[at];
}

/** A member set where it stands, or put last. `__proto__` is a name like any other. */
function withMember(object: JsonObject, name: string, value: JsonValue): JsonObject {
  const entries = Object.entries(object);
  const known = Object.hasOwn(object, name);
  return Object.fromEntries(
    known ? entries.map(([own, is]) => [own, own === name ? value : is]) : [...entries, [name, value]],
  );
}

function indexOf(token: string): number | undefined {
  return INDEX.test(token) ? Number(token) : undefined;
}
