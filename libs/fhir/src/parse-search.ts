import { GatewayError } from '#outcome';
import { namesSubject } from './patients.js';
import type { QueryPair } from './query-pairs.js';
import { ID } from './reference.js';
import { SEARCH_LIMITS, type PageSizes } from './search-limits.js';
import { searchParametersOf, type SearchParameter, type SearchParameterKind } from './search-parameters.js';
import type { Criterion, SearchRequest, SearchValue, SortKey } from './search-request.js';
import { invalid, isTargetModifier, parseValues, splitEscaped } from './search-values.js';

/** How to treat a request. */
export interface SearchOptions extends PageSizes {
  /** `Prefer: handling=lenient`: unknown parameters are left out, and the self link shows it. Modifiers never are. */
  readonly lenient: boolean;
}

/** The parameter that carries the opaque cursor of a page. */
export const CURSOR_PARAMETER = '_cursor';

const RESULT_PARAMETERS: ReadonlySet<string> = new Set([
  '_count',
  '_sort',
  '_total',
  '_summary',
  '_format',
  CURSOR_PARAMETER,
]);

/** Modifiers by kind. `:missing` goes with every kind of indexed parameter. */
const MODIFIERS = {
  token: ['not', 'missing'],
  string: ['exact', 'contains', 'missing'],
  reference: ['missing'],
  date: ['missing'],
  number: ['missing'],
  quantity: ['missing'],
  uri: ['missing'],
} as const satisfies Record<SearchParameterKind, readonly Criterion['modifier'][]>;

/**
 * Turns decoded parameters into a search of one type.
 * @throws GatewayError `unsupported-parameter` for an unknown name (unless lenient) or modifier; `invalid-value` for a value
 * that does not fit; both name the parameter and never the value.
 * @see https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(
  type: string,
  pairs: readonly QueryPair[],
  options: SearchOptions,
): SearchRequest {
  const results = new Map<string, string>();
  const criteria: Criterion[] = [];
  const used: QueryPair[] = [];
  for (const pair of pairs) {
    const criterion = RESULT_PARAMETERS.has(pair[0])
      ? takeResult(results, pair)
      : criterionOf(type, pair, options.lenient);
    if (criterion === undefined) continue;
    if (criterion !== 'result') criteria.push(criterion);
    if (pair[0] !== CURSOR_PARAMETER) used.push(pair);
  }
  return {
    type,
    criteria,
    ...pageOf(results, options),
    sort: parseSort(type, results.get('_sort')),
    patients: patientsNamedBy(type, criteria),
    used,
  };
}

/**
 * A search of no criteria, for interactions that only page, such as history. No entries at all are refused: that is to
 * ask for the total, which only a search gives.
 */
export function parsePaging(
  type: string,
  pairs: readonly QueryPair[],
  options: SearchOptions,
): SearchRequest {
  const allowed = new Set(['_count', '_format', CURSOR_PARAMETER]);
  const known = pairs.filter(([name]) => allowed.has(name));
  if (known.length < pairs.length && !options.lenient) throw unsupported(pairs, allowed);
  const paging = parseSearch(type, known, options);
  if (paging.summary === 'count') throw invalid('_count');
  return paging;
}

function unsupported(pairs: readonly QueryPair[], allowed: ReadonlySet<string>): GatewayError {
  return unsupportedParameter(pairs.find(([name]) => !allowed.has(name))?.[0] ?? '');
}

/** Names a parameter in an error only where it looks like one, and not like a value that went astray. */
export function unsupportedParameter(name: string): GatewayError {
  const expression = /^[_a-zA-Z][\w.:-]{0,63}$/.test(name) ? [name] : [];
  return new GatewayError('unsupported-parameter', { expression });
}

function takeResult(results: Map<string, string>, [name, value]: QueryPair): 'result' {
  if (results.has(name)) throw invalid(name);
  results.set(name, value);
  return 'result';
}

function criterionOf(type: string, [name, text]: QueryPair, lenient: boolean): Criterion | undefined {
  const at = name.indexOf(':');
  const code = at === -1 ? name : name.slice(0, at);
  const parameter = searchParametersOf(type).get(code);
  if (parameter === undefined) {
    if (lenient) return undefined;
    throw unsupportedParameter(name);
  }
  return at === -1 ? plain(parameter, text) : modified(parameter, name.slice(at + 1), text);
}

function plain(parameter: SearchParameter, text: string): Criterion {
  const values = parseValues(parameter, text);
  if (parameter.code === '_id' && !values.every(isIdValue)) throw invalid(parameter.code);
  return { param: parameter.code, modifier: undefined, values };
}

function isIdValue(value: SearchValue): boolean {
  return value.kind === 'token' && value.system === undefined && ID.test(value.code ?? '');
}

function modified(parameter: SearchParameter, name: string, text: string): Criterion {
  const param = parameter.code;
  if (isTargetModifier(parameter, name)) {
    return { param, modifier: undefined, values: parseValues(parameter, text, name) };
  }
  const modifier = MODIFIERS[parameter.kind].find((one) => one === name);
  if (modifier === undefined || param.startsWith('_')) throw unsupportedParameter(`${param}:${name}`);
  if (modifier !== 'missing') return { param, modifier, values: parseValues(parameter, text) };
  if (text !== 'true' && text !== 'false') throw invalid(`${param}:missing`);
  return { param, modifier, missing: text === 'true', values: [] };
}

/** Patients whom the request names, each once: an untyped id of a subject counts, since it may be a patient's. */
function patientsNamedBy(type: string, criteria: readonly Criterion[]): string[] {
  const named = criteria.flatMap(({ param, modifier, values }) => {
    if (modifier !== undefined) return [];
    if (type === 'Patient' && param === '_id') return values.map(idOf);
    return namesSubject(type, param) ? values.filter(mayBePatient).map(idOf) : [];
  });
  return [...new Set(named)].filter((id) => id !== '');
}

function mayBePatient(value: SearchValue): boolean {
  return value.kind === 'reference' && (value.type === undefined || value.type === 'Patient');
}

function idOf(value: SearchValue): string {
  if (value.kind === 'reference') return value.id;
  return value.kind === 'token' ? (value.code ?? '') : '';
}

type Paging = Pick<SearchRequest, 'count' | 'cursor' | 'total' | 'summary'>;

function pageOf(results: ReadonlyMap<string, string>, sizes: PageSizes): Paging {
  const count = parseCount(results.get('_count'), sizes);
  const cursor = results.get(CURSOR_PARAMETER);
  if (cursor !== undefined && !/^[\w.~-]{1,2048}$/.test(cursor)) throw invalid(CURSOR_PARAMETER);
  const summary = oneOf('_summary', results.get('_summary'), ['false', 'count'], 'false');
  const total = oneOf('_total', results.get('_total'), ['none', 'accurate'], 'none');
  const isCount = summary === 'count' || count === 0;
  return { count, cursor, total: isCount ? 'accurate' : total, summary: isCount ? 'count' : 'false' };
}

function parseCount(text: string | undefined, { defaultCount, maxCount }: PageSizes): number {
  if (text === undefined) return defaultCount;
  if (!/^\d{1,9}$/.test(text)) throw invalid('_count');
  return Math.min(Number(text), maxCount);
}

function oneOf<Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
  byDefault: Word,
): Word {
  if (text === undefined) return byDefault;
  const found = words.find((word) => word === text);
  if (found === undefined) throw invalid(name);
  return found;
}

/** Sorts by dates, `_lastUpdated` and `_id`; newest first where nothing is asked for. */
function parseSort(type: string, text: string | undefined): SortKey[] {
  const names = text === undefined ? ['-_lastUpdated'] : splitEscaped(text, ',');
  if (names.length > SEARCH_LIMITS.sort) throw invalid('_sort');
  const keys = names.map((name) => sortKey(type, name));
  if (new Set(keys.map(({ param }) => param)).size < keys.length) throw invalid('_sort');
  const last = keys.findIndex(({ param }) => param === '_id');
  return last === -1 ? [...keys, { param: '_id', descending: false }] : keys.slice(0, last + 1);
}

function sortKey(type: string, name: string): SortKey {
  const descending = name.startsWith('-');
  const param = descending ? name.slice(1) : name;
  const parameter = searchParametersOf(type).get(param);
  if (parameter === undefined || (parameter.kind !== 'date' && param !== '_id')) throw invalid('_sort');
  return { param, descending };
}
