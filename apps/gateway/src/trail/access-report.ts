import { parseStrict, type JsonObject } from '#digest';
import {
  bodyKind,
  isObject,
  listOf,
  negotiate,
  queryPairs,
  SEARCH_LIMITS,
  textOf,
  type QueryPair,
} from '#fhir';
import type { Incoming } from '#http';
import { GatewayError } from '#outcome';
import type { AccessCounts } from '#store';
import type { Parts } from '../parts.js';
import { personsOf, searchset } from './audit-event-search.js';
import { fhirJson } from './fhir-json.js';
import { findAccesses } from './find-accesses.js';
import type { TrailAnswer, TrailOperation } from './serve-trail.js';
import type { TrailPerson } from './trail-people.js';
import { trailQueryOf, type TrailQuery } from './trail-query.js';

/**
 * `GET|POST /Patient/{id}/$access-report`: every use of a person's record in a period, a page at a time, and how whole the list
 * is: her sub-entries are numbered without gaps, so that one that is missing shows.
 */
export const accessReport: TrailOperation = {
  interaction: 'access-report',
  kind: 'search-type',
  read(request, { limits }) {
    const pairs = [...queryPairs(request.query), ...inBody(request)];
    negotiate(request.accept, pairs.find(([name]) => name === '_format')?.[1]);
    const allowed = ['start', 'end'];
    const query = trailQueryOf(pairs, { pages: limits.pages, lenient: false, allowed });
    const patient = request.path.split('/')[2] ?? '';
    return {
      patients: [patient],
      answer: ({ people = [] }, parts) => reportOf({ patient, query, people }, parts),
    };
  },
};

interface Asked {
  readonly patient: string;
  readonly query: TrailQuery;
  readonly people: readonly TrailPerson[];
}

async function reportOf({ patient, query, people }: Asked, parts: Parts): Promise<TrailAnswer> {
  // page and counts are of the records before this one, or one of them would have what comes in between
  const position = await parts.accesses.position();
  const person = people.find(({ former }) => former === undefined)?.person;
  const before = query.before ?? { index: position, position: 0 };
  const found = await findAccesses(people, { ...query, before }, parts);
  const whole = person === undefined ? [] : [await sequenceOf(person, query, position, parts)];
  const bundle = searchset(`Patient/${patient}/$access-report`, { query, found }, parts);
  const report: JsonObject = {
    resourceType: 'Parameters',
    parameter: [
      { name: 'patient', valueReference: { reference: `Patient/${patient}` } },
      { name: 'log', valueString: parts.origin },
      { name: 'covered', valueString: String(position) },
      ...(query.fromMs === undefined ? [] : [{ name: 'start', valueInstant: instant(query.fromMs) }]),
      ...(query.toMs === undefined ? [] : [{ name: 'end', valueInstant: instant(query.toMs) }]),
      ...whole,
      { name: 'events', resource: bundle },
    ],
  };
  return { answer: fhirJson(200, report), concerned: personsOf(found.shown) };
}

/** How whole the person's numbers are: of the period, and up to the last one that the log gave. */
async function sequenceOf(
  person: string,
  { fromMs, toMs }: TrailQuery,
  below: bigint,
  { accesses }: Parts,
): Promise<JsonObject> {
  const counts = await accesses.counts(person, {
    below,
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
  });
  return { name: 'sequence', part: partsOf(counts, toMs === undefined) };
}

function partsOf(counts: AccessCounts, isOpen: boolean): readonly JsonObject[] {
  const { count, firstSeq, lastSeq, gaps, givenSeq } = counts;
  const pending = isOpen ? givenSeq - (lastSeq ?? 0n) : 0n;
  return [
    { name: 'entries', valueInteger: count },
    ...(firstSeq === undefined ? [] : [{ name: 'from', valueString: String(firstSeq) }]),
    ...(lastSeq === undefined ? [] : [{ name: 'to', valueString: String(lastSeq) }]),
    { name: 'given', valueString: String(givenSeq) },
    { name: 'not-yet-indexed', valueString: String(pending) },
    { name: 'complete', valueBoolean: gaps.length === 0 && pending === 0n },
    ...gaps.map(({ from, to }) => ({
      name: 'missing',
      part: [
        { name: 'from', valueString: String(from) },
        { name: 'to', valueString: String(to) },
      ],
    })),
  ];
}

/** Parameters of a POST: a Parameters resource, or none. */
function inBody({ method, body, contentType }: Incoming): readonly QueryPair[] {
  if (method !== 'POST' || body.length === 0) return [];
  if (bodyKind(contentType) !== 'fhir-json') throw new GatewayError('unsupported-media');
  const parsed = parseStrict(body);
  if (!isObject(parsed) || textOf(parsed, 'resourceType') !== 'Parameters')
    throw new GatewayError('malformed', { details: 'Parameters' });
  const given = listOf(parsed['parameter']);
  if (given.length > SEARCH_LIMITS.parameters) throw new GatewayError('too-large', { details: 'Parameters' });
  return given.map((each) => {
    if (!isObject(each)) throw new GatewayError('malformed', { details: 'Parameters.parameter' });
    const [value] = Object.entries(each).flatMap(([name, own]) => (name.startsWith('value') ? [own] : []));
    return [textOf(each, 'name') ?? '', typeof value === 'number' ? String(value) : textValue(value)];
  });
}

function textValue(value: unknown): string {
  if (typeof value !== 'string') throw new GatewayError('malformed', { details: 'Parameters.parameter' });
  return value;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}
