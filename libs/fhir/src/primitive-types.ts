import { Decimal, type JsonValue } from '#digest';
import { dateRange } from './date-range.js';
import { ID } from './reference.js';

const CODE = /^[^\s]+(?:\s[^\s]+)*$/;
const NO_SPACE = /^\S*$/;
const OID = /^urn:oid:[0-2](?:\.(?:0|[1-9]\d*))+$/;
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?$/;
const INSTANT = /T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const BASE64 = /^[\s0-9A-Za-z+/=]*$/;
const MAX_INTEGER = 2_147_483_647;

/** R4 forbids control characters but tab, line feed and carriage return. @see https://hl7.org/fhir/R4/datatypes.html#string */
function isText(text: string): boolean {
  if (text === '') return false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return false;
  }
  return true;
}

const isDate = (text: string) => !text.includes('T') && dateRange(text) !== undefined;

/** With a time there are seconds and a zone. */
const isDateTime = (text: string) =>
  dateRange(text) !== undefined && (!text.includes('T') || INSTANT.test(text));

function whole(value: JsonValue, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_INTEGER;
}

const text = (fits: (text: string) => boolean) => (value: JsonValue) =>
  typeof value === 'string' && isText(value) && fits(value);

const matching = (pattern: RegExp) => text((value) => pattern.test(value));

/**
 * Whether a JSON value is a value of a primitive type, by the R4 patterns; every pattern is linear.
 * @see https://hl7.org/fhir/R4/datatypes.html#primitive
 */
const CHECKS: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  base64Binary: text((value) => BASE64.test(value)),
  boolean: (value) => typeof value === 'boolean',
  canonical: matching(NO_SPACE),
  code: matching(CODE),
  date: text(isDate),
  dateTime: text(isDateTime),
  decimal: (value) => typeof value === 'number' || value instanceof Decimal,
  id: matching(ID),
  instant: text((value) => INSTANT.test(value) && dateRange(value) !== undefined),
  integer: (value) => whole(value, -MAX_INTEGER - 1),
  markdown: text(() => true),
  oid: matching(OID),
  positiveInt: (value) => whole(value, 1),
  string: text(() => true),
  time: matching(TIME),
  unsignedInt: (value) => whole(value, 0),
  uri: matching(NO_SPACE),
  url: matching(NO_SPACE),
  uuid: matching(UUID),
  xhtml: text((value) => value.trimStart().startsWith('<div')),
};

/** The check of a primitive type; undefined for any other type. */
export function primitiveCheck(type: string): ((value: JsonValue) => boolean) | undefined {
  return Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
}
