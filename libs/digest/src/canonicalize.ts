import { Decimal, isArray, type JsonObject, type JsonValue } from './json.js';
import { notFinite, quote } from './json-text.js';

/**
 * The canonical form of RFC 8785 (JCS): members sorted by UTF-16 code units, numbers as ECMAScript prints doubles,
 * shortest escapes, no white space. Precision beyond a double is lost, as the RFC has it: hash exact bytes as well.
 * Hash it as UTF-8 (`sha256` takes the string).
 *
 * @throws GatewayError `malformed` where a string holds a lone surrogate or a number is beyond a double's range.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalize(value: JsonValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (value instanceof Decimal) return canonicalNumber(Number(value.text));
  return isArray(value) ? canonicalArray(value) : canonicalObject(value);
}

/**
 * The members of an object, each value in its canonical form: of objects that differ in few members the others are written
 * once. `joinMembers` makes the object's own canonical form of them.
 *
 * @throws GatewayError as `canonicalize` does
 */
export function canonicalMembers(object: JsonObject): ReadonlyMap<string, string> {
  const members = new Map<string, string>();
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined) members.set(name, canonicalize(value));
  }
  return members;
}

/** The canonical form of the object with these members. */
export function joinMembers(members: ReadonlyMap<string, string>): string {
  const sorted = [...members].toSorted(([a], [b]) => byCodeUnits(a, b));
  return `{${sorted.map(([name, text]) => `${quote(name)}:${text}`).join(',')}}`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw notFinite();
  // String(-0) is "0", which is what the RFC wants
  return String(value);
}

function canonicalArray(items: readonly JsonValue[]): string {
  let text = '[';
  for (const item of items) text += text === '[' ? canonicalize(item) : `,${canonicalize(item)}`;
  return `${text}]`;
}

function canonicalObject(object: JsonObject): string {
  let text = '{';
  for (const name of sortedNames(object)) {
    const value = object[name];
    if (value !== undefined) text += `${text === '{' ? '' : ','}${quote(name)}:${canonicalize(value)}`;
  }
  return `${text}}`;
}

/** Sorts in place by code units; an insertion sort, since most objects have few members, often sorted already. */
function sortedNames(object: JsonObject): readonly string[] {
  const names = Object.keys(object);
  if (names.length > 16) return names.toSorted(byCodeUnits);
  for (let i = 1; i < names.length; i += 1) insert(names, i);
  return names;
}

function insert(names: string[], from: number): void {
  const name = names[from] ?? '';
  let to = from;
  for (; to > 0; to -= 1) {
    const before = names[to - 1] ?? '';
    if (before <= name) break;
    names[to] = before;
  }
  names[to] = name;
}

function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
