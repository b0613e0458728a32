import type { JsonObject } from '#digest';
import { auditEvent, bodyKind, CURSOR_PARAMETER, negotiate, queryPairs, writePairs } from '#fhir';
import { renderError, type Incoming, type NamedPerson } from '#http';
import { GatewayError } from '#outcome';
import type { Parts } from '../parts.js';
import { fhirJson } from './fhir-json.js';
import { findAccesses, openAccess, type FoundAccesses, type ShownAccess } from './find-accesses.js';
import type { TrailAnswer, TrailOperation } from './serve-trail.js';
import { concerns } from './trail-people.js';
import { SEARCH_NAMES, trailQueryOf, writeCursor, type TrailQuery } from './trail-query.js';

/** `GET /AuditEvent`, `POST /AuditEvent/_search`: accesses that the caller may see, newest first, each an AuditEvent. */
export const searchAuditEvents: TrailOperation = {
  interaction: 'search-type',
  kind: 'search-type',
  read(request, { limits }) {
    const pairs = [...queryPairs(request.query), ...queryPairs(formOf(request))];
    negotiate(request.accept, pairs.find(([name]) => name === '_format')?.[1]);
    const lenient = request.prefer?.includes('handling=lenient') === true;
    const query = trailQueryOf(pairs, { pages: limits.pages, lenient, allowed: SEARCH_NAMES });
    return {
      patients: query.patients,
      async answer({ people }, parts): Promise<TrailAnswer> {
        const found = await findAccesses(people, query, parts);
        const bundle = searchset('AuditEvent', { query, found }, parts);
        return { answer: fhirJson(200, bundle), concerned: personsOf(found.shown) };
      },
    };
  },
};

/** `GET /AuditEvent/{id}`. One that the caller may not see is the same 404 as none. */
export const readAuditEvent: TrailOperation = {
  interaction: 'read',
  kind: 'read',
  read(request) {
    negotiate(request.accept, queryPairs(request.query).find(([name]) => name === '_format')?.[1]);
    const id = request.path.split('/')[2] ?? '';
    return {
      patients: [],
      async answer({ people }, parts): Promise<TrailAnswer> {
        const entry = await parts.accesses.ofEvent(id);
        const access = entry === undefined ? undefined : await openAccess(entry, parts);
        const shown = access === undefined ? [] : [{ access, event: id }];
        const [one] = shown.filter((each) => people === undefined || concerns(people, each.access));
        if (one === undefined) {
          return { answer: renderError(new GatewayError('not-found')), concerned: personsOf(shown) };
        }
        return { answer: fhirJson(200, resourceOf(one, parts)), concerned: personsOf(shown) };
      },
    };
  },
};

/** The AuditEvents of a page as a searchset. */
export function searchset(
  path: string,
  { query, found }: { readonly query: TrailQuery; readonly found: FoundAccesses },
  parts: Pick<Parts, 'fhirBase' | 'origin'>,
): JsonObject {
  const to = (relation: string, more: TrailQuery['used']) => {
    const text = writePairs([...query.used, ...more]);
    return { relation, url: `${parts.fhirBase}/${path}${text === '' ? '' : `?${text}`}` };
  };
  const { next } = found;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [
      to('self', query.before === undefined ? [] : [[CURSOR_PARAMETER, writeCursor(query.before)]]),
      ...(next === undefined ? [] : [to('next', [[CURSOR_PARAMETER, writeCursor(next)]])]),
    ],
    ...(found.shown.length === 0 ? {} : { entry: found.shown.map((one) => entryOf(one, parts)) }),
  };
}

/** Whom accesses concern. */
export function personsOf(shown: readonly ShownAccess[]): readonly NamedPerson[] {
  return shown.map(({ access: { person, patient } }) => ({ person, patient: patient ?? '' }));
}

function entryOf(shown: ShownAccess, parts: Pick<Parts, 'fhirBase' | 'origin'>): JsonObject {
  return {
    fullUrl: `${parts.fhirBase}/AuditEvent/${shown.event}`,
    resource: resourceOf(shown, parts),
    search: { mode: 'match' },
  };
}

function resourceOf({ access, event }: ShownAccess, { origin }: Pick<Parts, 'origin'>): JsonObject {
  return auditEvent(access, { id: event, origin });
}

function formOf({ method, contentType, body }: Incoming): string {
  if (method !== 'POST') return '';
  if (bodyKind(contentType) !== 'form') throw new GatewayError('unsupported-media');
  return Buffer.from(body).toString('utf8');
}
