import { SEARCH_PARAMETERS } from './generated/search-parameters.js';

const KINDS = ['token', 'string', 'reference', 'date', 'number', 'quantity', 'uri'] as const;

/** Kinds of search parameters that are supported. @see https://hl7.org/fhir/R4/search.html#ptypes */
export type SearchParameterKind = (typeof KINDS)[number];

/** A search parameter of a resource type. */
export interface SearchParameter {
  readonly code: string;
  readonly kind: SearchParameterKind;
  /** Target types of a reference; `*` is any. */
  readonly targets: readonly string[];
}

/** Parameters of every type, answered from columns rather than index rows. */
const COMMON: readonly SearchParameter[] = [
  { code: '_id', kind: 'token', targets: [] },
  { code: '_lastUpdated', kind: 'date', targets: [] },
];

const parsed = new Map<string, ReadonlyMap<string, SearchParameter>>();

/** The supported search parameters of a resource type by code; empty for a type that does not exist. */
export function searchParametersOf(type: string): ReadonlyMap<string, SearchParameter> {
  const known = parsed.get(type);
  if (known !== undefined) return known;
  if (!Object.hasOwn(SEARCH_PARAMETERS, type)) return new Map();
  const own = (SEARCH_PARAMETERS[type] ?? []).map(parseLine);
  const all = new Map([...COMMON, ...own].map((one) => [one.code, one]));
  parsed.set(type, all);
  return all;
}

function parseLine(line: string): SearchParameter {
  const [code = '', kindText = '', ...targets] = line.split(' ');
  const kind = KINDS.find((one) => one === kindText);
  if (kind === undefined) throw new Error(`generated search parameter of unknown kind: ${line}`);
  return { code, kind, targets };
}
