import { canonicalize, sha256, toHex, type JsonObject, type JsonValue } from '#digest';
import { CODE_TABLES } from './codes/code-tables.js';
import { DATATYPES } from './datatypes/datatypes.js';
import { MESSAGE_MAPS } from './messages/message-maps.js';

let known: string | undefined;

/**
 * SHA-256, lower case hexadecimal, of the canonical JSON of all tables: message maps with their segment rows, code tables,
 * and the names of the data type maps. What the code does with them is told by the converter's version.
 */
export function mapsDigest(): string {
  known ??= toHex(sha256(new TextEncoder().encode(canonicalize(tables()))));
  return known;
}

function tables(): JsonObject {
  return {
    codes: asJson(CODE_TABLES),
    datatypes: Object.keys(DATATYPES).toSorted(),
    messages: asJson(MESSAGE_MAPS),
  };
}

/** Tables are data: what JSON makes of them is all of them. */
function asJson(table: unknown): JsonValue {
  return parseText(JSON.stringify(table));
}

function parseText(text: string): JsonValue {
  const value: JsonValue = JSON.parse(text);
  return value;
}
