export { Decimal, type JsonObject, type JsonValue } from './json.js';
