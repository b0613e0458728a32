import type { AccessEntry, AccessPlace, PersonLink } from '#store';
import type { Parts } from '../parts.js';
import type { AskedPerson } from '../shown-persons.js';
import type { TimelineQuery } from './timeline-query.js';

/** A record of which a line is to be shown: of one sub-entry, or of the record where an actor alone was asked for. */
export interface FoundAccess {
  readonly index: bigint;
  readonly position: number | undefined;
}

/** What the index of accesses gave. */
export interface FoundAccesses {
  readonly found: readonly FoundAccess[];
  /** Where to go on; a page may be short, or empty, and have it. */
  readonly next: AccessPlace | undefined;
  /** Who was named by a patient id. */
  readonly asked: readonly AskedPerson[];
}

type IndexParts = Pick<Parts, 'accesses' | 'links'>;

/** Asks the index of accesses. A patient or resource that is not known has none. */
export async function findAccesses(query: TimelineQuery, parts: IndexParts): Promise<FoundAccesses> {
  const { patient, resource, actor } = query;
  if (patient !== undefined) {
    const links = (await parts.links.linksOf(patient)).filter((link) => link.patient === patient);
    const { entries, next } = await pageOf(query, links, parts);
    return { found: entries.filter((entry) => isLinked(entry, links)), next, asked: askedOf(links) };
  }
  if (resource !== undefined) {
    const [type = '', id = ''] = resource.split('/');
    const { entries, next } = await pageOf(query, await parts.links.linksOfResource(type, id), parts);
    return { found: entries, next, asked: [] };
  }
  return actor === undefined ? NOTHING : ofActor(actor, query, parts);
}

const NOTHING = { found: [], next: undefined, asked: [] };

async function pageOf(query: TimelineQuery, links: readonly PersonLink[], { accesses }: IndexParts) {
  const { resource, actor, cursor, _count: limit } = query;
  if (links.length === 0) return { entries: [], next: undefined };
  return accesses.page({
    ...periodOf(query),
    ...(resource === undefined ? {} : { resource }),
    ...(actor === undefined ? {} : { actor }),
    ...(cursor === undefined ? {} : { before: cursor }),
    persons: [...new Set(links.map(({ person }) => person))],
    limit,
  });
}

async function ofActor(
  actor: string,
  query: TimelineQuery,
  { accesses }: IndexParts,
): Promise<FoundAccesses> {
  const { cursor, _count: limit } = query;
  const indexes = await accesses.recordsOf({
    ...periodOf(query),
    ...(cursor === undefined ? {} : { before: cursor.index }),
    actor,
    limit: limit + 1,
  });
  const found = indexes.slice(0, limit).map((index) => ({ index, position: undefined }));
  const last = indexes.length > limit ? found.at(-1) : undefined;
  return { found, next: last && { index: last.index, position: 0 }, asked: [] };
}

function periodOf({ from, to }: TimelineQuery): { readonly fromMs?: number; readonly toMs?: number } {
  return { ...(from === undefined ? {} : { fromMs: from }), ...(to === undefined ? {} : { toMs: to }) };
}

/** Whether the Patient was a record of that person then: before its first link there was none other. */
function isLinked({ person, timeMs }: AccessEntry, links: readonly PersonLink[]): boolean {
  return links.some(
    (link, at) =>
      link.person === person &&
      (at === 0 || timeMs >= link.fromMs) &&
      (link.untilMs === undefined || timeMs < link.untilMs),
  );
}

/** The Patient's person now, or the last that it had. */
function askedOf(links: readonly PersonLink[]): readonly AskedPerson[] {
  const link = links.find(({ untilMs }) => untilMs === undefined) ?? links.at(-1);
  return link === undefined ? [] : [{ person: link.person, patient: link.patient }];
}
