import { Decimal, isArray, type JsonValue } from './json.js';
import { notFinite, quote } from './json-text.js';

/**
 * Writes JSON without white space, in the order of the members, numbers as they were written.
 * Members whose value is `undefined` are left out. `parseStrict(writeJson(v))` equals `v`.
 *
 * @throws GatewayError `malformed` where a string holds a lone surrogate or a number is not finite.
 */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return numberText(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof Decimal) return value.text;
  return isArray(value) ? writeArray(value) : writeMembers(value, Object.keys(value));
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) throw notFinite();
  return Object.is(value, -0) ? '-0' : String(value);
}

function writeArray(items: readonly JsonValue[]): string {
  let text = '[';
  for (const item of items) text += text === '[' ? writeJson(item) : `,${writeJson(item)}`;
  return `${text}]`;
}

function writeMembers(
  object: { readonly [name: string]: JsonValue | undefined },
  names: readonly string[],
): string {
  let text = '{';
  for (const name of names) {
    const value = object[name];
    if (value !== undefined) text += `${text === '{' ? '' : ','}${quote(name)}:${writeJson(value)}`;
  }
  return `${text}}`;
}
