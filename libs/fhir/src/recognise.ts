import { GatewayError } from '#outcome';
import { isWrite, type Interaction, type WriteInteraction } from './interaction.js';
import {
  CURSOR_PARAMETER,
  parsePaging,
  parseSearch,
  unsupportedParameter,
  type SearchOptions,
} from './parse-search.js';
import { queryPairs, type QueryPair } from './query-pairs.js';
import { ID } from './reference.js';
import { isResourceType } from './resource-types.js';
import { WRITTEN_TYPES } from './written-types.js';

/** A request to the FHIR API, as far as its interaction goes. */
export interface FhirRequest {
  readonly method: string;
  /** Path below the base, beginning with `/`, as sent: no query, no decoding. */
  readonly path: string;
  /** Query as sent, without `?`. */
  readonly query: string;
  /** Body of a form POST as sent. */
  readonly form?: string;
}

interface Matched {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  readonly pairs: readonly QueryPair[];
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Route {
  /** A segment is a word, or `:type`, `:id`, `:versionId`. */
  readonly path: string;
  readonly method: Method;
  readonly make: (matched: Matched, options: SearchOptions) => Interaction;
}

/** All routes. HEAD is answered where GET is. @see https://hl7.org/fhir/R4/http.html#summary */
const ROUTES: readonly Route[] = [
  {
    path: '/metadata',
    method: 'GET',
    make: ({ pairs }, options) => formatOnly(pairs, options, { kind: 'capabilities' }),
  },
  { path: '/:type', method: 'GET', make: searchType },
  {
    path: '/:type',
    method: 'POST',
    make: (matched, options) => written(matched, options, { kind: 'create', type: matched.type }),
  },
  { path: '/:type', method: 'PUT', make: conditional },
  { path: '/:type', method: 'PATCH', make: conditional },
  { path: '/:type', method: 'DELETE', make: conditional },
  { path: '/:type/_search', method: 'POST', make: searchType },
  {
    path: '/:type/:id',
    method: 'GET',
    make: ({ type, id, pairs }, options) => formatOnly(pairs, options, { kind: 'read', ref: { type, id } }),
  },
  writeRoute('PUT', 'update'),
  writeRoute('PATCH', 'patch'),
  writeRoute('DELETE', 'delete'),
  {
    path: '/:type/:id/_history',
    method: 'GET',
    make: ({ type, id, pairs }, options) => ({
      kind: 'history-instance',
      ref: { type, id },
      search: parsePaging(type, pairs, options),
    }),
  },
  {
    path: '/:type/:id/_history/:versionId',
    method: 'GET',
    make: ({ type, id, versionId, pairs }, options) =>
      formatOnly(pairs, options, { kind: 'vread', ref: { type, id }, versionId }),
  },
];

const MAX_PATH = 512;

/**
 * Tells what a request asks for. Pure: the same request gives the same interaction, whatever is stored.
 * A POST search and a GET search go through one parser; the form's parameters follow the query's.
 * @throws GatewayError `not-found` for an unknown route or type, `method-not-allowed` for a known route with another method
 * or a write of a type that nobody writes, `not-implemented` for a conditional write, `unsupported-parameter`, `invalid-value`, `malformed` or `too-large` for its parameters.
 */
export function recognise(request: FhirRequest, options: SearchOptions): Interaction {
  const segments = request.path.length > MAX_PATH ? [] : request.path.split('/').slice(1);
  const candidates = ROUTES.map((route) => ({ route, found: match(route.path, segments) })).filter(
    ({ found }) => found !== undefined,
  );
  if (candidates.length === 0 || !request.path.startsWith('/')) throw new GatewayError('not-found');
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const chosen = candidates.find(({ route }) => route.method === method);
  if (chosen?.found === undefined) throw new GatewayError('method-not-allowed');
  const pairs = [...queryPairs(request.query), ...queryPairs(request.form ?? '')];
  return chosen.route.make({ ...chosen.found, pairs }, options);
}

/** Patients whose record an interaction names. */
export function patientsNamed(interaction: Interaction): readonly string[] {
  // a write names whom its content names, old and new
  if (isWrite(interaction)) return [];
  switch (interaction.kind) {
    case 'capabilities':
      return [];
    case 'search-type':
      return interaction.search.patients;
    case 'read':
    case 'vread':
    case 'history-instance':
      return interaction.ref.type === 'Patient' ? [interaction.ref.id] : [];
    default:
      return interaction satisfies never;
  }
}

function searchType({ type, pairs }: Matched, options: SearchOptions): Interaction {
  return { kind: 'search-type', type, search: parseSearch(type, pairs, options) };
}

function formatOnly(
  pairs: readonly QueryPair[],
  options: SearchOptions,
  interaction: Interaction,
): Interaction {
  const other = pairs.find(([name]) => name !== '_format' && name !== CURSOR_PARAMETER);
  if (other !== undefined && !options.lenient) throw unsupportedParameter(other[0]);
  return interaction;
}

function writeRoute(method: Method, kind: 'update' | 'patch' | 'delete'): Route {
  return {
    path: '/:type/:id',
    method,
    make: (matched, options) =>
      written(matched, options, { kind, ref: { type: matched.type, id: matched.id } }),
  };
}

/** @throws GatewayError `method-not-allowed` for a type that nobody writes */
function written(
  { type, pairs }: Matched,
  options: SearchOptions,
  interaction: WriteInteraction,
): Interaction {
  if (!WRITTEN_TYPES.includes(type)) throw new GatewayError('method-not-allowed');
  return formatOnly(pairs, options, interaction);
}

/** An update, patch or deletion of whatever matches: it would tell what matches. */
function conditional({ type, pairs }: Matched): never {
  const isAsked = WRITTEN_TYPES.includes(type) && pairs.some(([name]) => name !== '_format');
  throw new GatewayError(isAsked ? 'not-implemented' : 'method-not-allowed');
}

type Names = Omit<Matched, 'pairs'>;

/** Compares segment by segment; nothing is decoded, since no type, id or word of a route needs an escape. */
function match(path: string, segments: readonly string[]): Names | undefined {
  const pattern = path.split('/').slice(1);
  if (pattern.length !== segments.length) return undefined;
  const names = { type: '', id: '', versionId: '' };
  for (const [at, expected] of pattern.entries()) {
    const segment = segments[at] ?? '';
    if (!fits(expected, segment)) return undefined;
    if (expected === ':type') names.type = segment;
    if (expected === ':id') names.id = segment;
    if (expected === ':versionId') names.versionId = segment;
  }
  return names;
}

function fits(expected: string, segment: string): boolean {
  if (expected === ':type') return isResourceType(segment);
  return expected.startsWith(':') ? ID.test(segment) : expected === segment;
}
