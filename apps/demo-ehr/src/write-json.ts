import { Decimal, type JsonObject, type JsonValue } from '#digest';

/**
 * Writes JSON with the members of every object rotated by `turn`: this vendor promises no member order.
 * Decimals keep their digits.
 */
export function writeJson(value: JsonValue, turn: number): string {
  if (value instanceof Decimal) {
    return value.text;
  }
  if (isList(value)) {
    return `[${value.map((item) => writeJson(item, turn)).join(',')}]`;
  }
  return typeof value === 'object' && value !== null ? writeObject(value, turn) : JSON.stringify(value);
}

function writeObject(object: JsonObject, turn: number): string {
  const members = Object.entries(object).flatMap(([name, member]) =>
    member === undefined ? [] : [`${JSON.stringify(name)}:${writeJson(member, turn)}`],
  );
  const at = members.length === 0 ? 0 : turn % members.length;
  return `{${[...members.slice(at), ...members.slice(0, at)].join(',')}}`;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
