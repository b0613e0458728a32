export { canonicalize, canonicalMembers, joinMembers } from './canonicalize.js';
export { fromBase64, fromHex, toBase64, toHex } from './encoding.js';
export { hasDecimal } from './has-decimal.js';
export { hmacSha256, keccak256, sha256 } from './hash.js';
export { Decimal, type JsonObject, type JsonValue } from './json.js';
export { parseStrict } from './parse-strict.js';
export { uuidv5, uuidv7 } from './uuid.js';
export { writeJson } from './write-json.js';
