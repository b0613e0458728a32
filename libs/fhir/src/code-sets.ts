import type { JsonValue } from '#digest';
import { CODE_SETS } from './generated/code-sets.js';
import { isObject, listOf, textOf } from './json-shape.js';

/** Codes by system. */
type CodeSet = ReadonlyMap<string, ReadonlySet<string>>;

const sets = new Map<string, CodeSet>();

/**
 * Whether a code, Coding or CodeableConcept is in a value set of a required binding. A concept without any coding is not
 * judged, nor is a Coding without a code; of several codings one must be in the set.
 * @see https://hl7.org/fhir/R4/terminologies.html#required
 */
export function isInCodeSet(name: string, value: JsonValue): boolean {
  const set = codeSet(name);
  if (typeof value === 'string') return [...set.values()].some((codes) => codes.has(value));
  if (!isObject(value)) return true;
  if (value['coding'] === undefined) return isCodingIn(set, value);
  return listOf(value['coding']).some((coding) => isCodingIn(set, coding));
}

function isCodingIn(set: CodeSet, coding: JsonValue): boolean {
  if (!isObject(coding)) return true;
  const code = textOf(coding, 'code');
  return code === undefined || set.get(textOf(coding, 'system') ?? '')?.has(code) === true;
}

function codeSet(name: string): CodeSet {
  const known = sets.get(name);
  if (known !== undefined) return known;
  const made = new Map((CODE_SETS[name] ?? []).map(parseLine));
  sets.set(name, made);
  return made;
}

function parseLine(line: string): [system: string, codes: ReadonlySet<string>] {
  const [system = '', ...codes] = line.split(' ');
  return [system, new Set(codes.map(decodeURI))];
}
