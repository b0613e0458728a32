import { GatewayError } from '#outcome';
import { BEGINNING_MS, dateRange, END_MS } from './date-range.js';
import { ID, parseReference, type ReferenceTarget } from './reference.js';
import { isResourceType } from './resource-types.js';
import { SEARCH_LIMITS } from './search-limits.js';
import type { SearchParameter } from './search-parameters.js';
import type { Prefix, SearchValue } from './search-request.js';

const PREFIXED = /^(eq|ne|gt|lt|ge|le|sa|eb|ap)(?=[\d.+-])/;
const PREFIXES = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
const NUMBER = /^[+-]?\d{1,30}(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,3}))?$/;
const DAY_MS = 86_400_000;

/**
 * Parses the comma parts of a value by the kind of its parameter.
 * @param targetType the type given as a modifier (`subject:Patient=1`), for references without one.
 * @throws GatewayError `invalid-value` naming the parameter, never the value.
 * @see https://hl7.org/fhir/R4/search.html#escaping
 */
export function parseValues(parameter: SearchParameter, text: string, targetType?: string): SearchValue[] {
  const parts = splitEscaped(text, ',');
  if (parts.length > SEARCH_LIMITS.alternatives) throw invalid(parameter.code);
  return parts.map((part) => {
    if (part === '' || part.length > SEARCH_LIMITS.value) throw invalid(parameter.code);
    return parseValue(parameter, part, targetType);
  });
}

/** The error of a value that does not fit its parameter. */
export function invalid(param: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [param] });
}

function parseValue(parameter: SearchParameter, part: string, targetType: string | undefined): SearchValue {
  switch (parameter.kind) {
    case 'token':
      return parseToken(parameter.code, part);
    case 'string':
      return { kind: 'string', text: unescape(part) };
    case 'reference':
      return parseReferenceValue(parameter, unescape(part), targetType);
    case 'date':
      return parseDate(parameter.code, part);
    case 'number':
      return { kind: 'number', ...parseNumber(parameter.code, part) };
    case 'quantity':
      return parseQuantity(parameter.code, part);
    case 'uri':
      return { kind: 'uri', uri: unescape(part) };
    default:
      return parameter.kind satisfies never;
  }
}

/** `code`, `|code` (no system), `system|` (any code), `system|code`. */
function parseToken(param: string, part: string): SearchValue {
  const [first = '', second, ...rest] = splitEscaped(part, '|').map(unescape);
  if (rest.length > 0) throw invalid(param);
  if (second === undefined) return { kind: 'token', system: undefined, code: first };
  if (first === '' && second === '') throw invalid(param);
  return {
    kind: 'token',
    system: first === '' ? null : first,
    code: second === '' ? undefined : second,
  };
}

function parseReferenceValue(
  parameter: SearchParameter,
  text: string,
  targetType: string | undefined,
): SearchValue {
  if (ID.test(text)) {
    return { kind: 'reference', type: targetType ?? onlyTarget(parameter), id: text, url: undefined };
  }
  const value = referenceValue(parseReference(text));
  const contradicts = targetType !== undefined && (value?.type !== targetType || value.url !== undefined);
  if (value === undefined || contradicts) throw invalid(parameter.code);
  return value;
}

function onlyTarget({ targets }: SearchParameter): string | undefined {
  return targets.length === 1 && targets[0] !== '*' ? targets[0] : undefined;
}

function referenceValue(target: ReferenceTarget): Extract<SearchValue, { kind: 'reference' }> | undefined {
  switch (target.kind) {
    case 'local':
      return { kind: 'reference', type: target.type, id: target.id, url: undefined };
    case 'remote':
      return { kind: 'reference', type: target.type, id: '', url: target.url };
    case 'other':
      return { kind: 'reference', type: undefined, id: '', url: target.url };
    case 'contained':
      return undefined;
    default:
      return target satisfies never;
  }
}

/** Whether a name may stand as a reference's modifier for this parameter. */
export function isTargetModifier(parameter: SearchParameter, name: string): boolean {
  if (parameter.kind !== 'reference' || !isResourceType(name)) return false;
  return parameter.targets.includes(name) || parameter.targets.includes('*');
}

function takePrefix(part: string): { prefix: Prefix; rest: string } {
  const found = PREFIXED.exec(part)?.[1];
  const prefix = PREFIXES.find((one) => one === found);
  return prefix === undefined ? { prefix: 'eq', rest: part } : { prefix, rest: part.slice(2) };
}

/** `ap` widens the span by its own width, a day at least, on both sides: there is no clock here to measure a gap to now. */
function parseDate(param: string, part: string): SearchValue {
  const { prefix, rest } = takePrefix(part);
  const range = dateRange(rest.replace(' ', '+'));
  if (range === undefined) throw invalid(param);
  const margin = prefix === 'ap' ? Math.max(DAY_MS, range.hiMs - range.loMs) : 0;
  return {
    kind: 'date',
    prefix,
    lo: isoText(range.loMs - margin),
    hi: isoText(range.hiMs + margin),
  };
}

function isoText(ms: number): string {
  return new Date(Math.min(Math.max(ms, BEGINNING_MS), END_MS)).toISOString();
}

function parseNumber(param: string, part: string): { prefix: Prefix; lo: number; hi: number } {
  const { prefix, rest } = takePrefix(part);
  const match = NUMBER.exec(rest.startsWith(' ') ? `+${rest.slice(1)}` : rest);
  const value = Number(match?.[0]);
  if (match === null || !Number.isFinite(value)) throw invalid(param);
  return { prefix, ...around(value, marginOf(prefix, value, match)) };
}

/** Half a unit of the last digit for equality, a tenth about the value for `ap`; the ordering prefixes take it exactly. */
function marginOf(prefix: Prefix, value: number, match: RegExpExecArray): number {
  const half = 0.5 * 10 ** (Number(match[2] ?? 0) - (match[1]?.length ?? 0));
  if (prefix === 'ap') return Math.max(half, Math.abs(value) / 10);
  return prefix === 'eq' || prefix === 'ne' ? half : 0;
}

/** Rounded to 15 digits, so that 5.4 ± 0.05 begins at 5.35 and not a rounding error above. */
function around(value: number, margin: number): { lo: number; hi: number } {
  if (margin === 0) return { lo: value, hi: value };
  return {
    lo: Number((value - margin).toPrecision(15)),
    hi: Number((value + margin).toPrecision(15)),
  };
}

/** `number`, or `number|system|code` with either part empty. */
function parseQuantity(param: string, part: string): SearchValue {
  const [number = '', system = '', code = '', ...rest] = splitEscaped(part, '|').map(unescape);
  if (rest.length > 0) throw invalid(param);
  return {
    kind: 'quantity',
    ...parseNumber(param, number),
    system: system === '' ? undefined : system,
    code: code === '' ? undefined : code,
  };
}

/** Splits at a separator that no backslash escapes; escapes stay. */
export function splitEscaped(text: string, separator: ',' | '|'): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unescape(text: string): string {
  return text.includes('\\') ? text.replaceAll(/\\([,|$\\])/g, '$1') : text;
}
