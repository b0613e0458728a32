import { auditKind, isRefused } from '#fhir';
import { GatewayError } from '#outcome';
import { recordedAccess, type OpenedRecord, type RecordedAccess } from '#provenance';
import type { AccessEntry, AccessPlace } from '#store';
import type { Parts } from '../parts.js';
import { concerns, type TrailPerson } from './trail-people.js';
import type { TrailQuery } from './trail-query.js';

/** Entries of the index that one answer opens, at most: a page may be short, and have a next one. */
const OPENED_MAX = 1_000;
const OPENED_AT_ONCE = 50;

/** An access as the log's record says it. */
export interface ShownAccess {
  readonly access: RecordedAccess;
  /** Id of its AuditEvent. */
  readonly event: string;
}

/** A page of accesses, newest first. */
export interface FoundAccesses {
  readonly shown: readonly ShownAccess[];
  readonly next: AccessPlace | undefined;
}

/** What is needed to look. */
export type TrailParts = Pick<Parts, 'accesses' | 'records' | 'links' | 'rules'>;

/**
 * Looks up accesses in the index, and opens each in the log: the index finds, the log says. Erased ones are not there.
 *
 * @param people `undefined`: of everybody
 * @throws GatewayError `integrity-failure` where the index says what the log does not
 */
export async function findAccesses(
  people: readonly TrailPerson[] | undefined,
  query: TrailQuery,
  parts: TrailParts,
): Promise<FoundAccesses> {
  if (people?.length === 0) return { shown: [], next: undefined };
  const shown: ShownAccess[] = [];
  let { before } = query;
  for (let opened = 0; opened < OPENED_MAX; opened += OPENED_AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await parts.accesses.page(indexQuery(people, query, before));
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    for (const one of await openAll(page.entries, parts)) {
      before = one.entry;
      if (one.access === undefined || !fits(one.access, people, query)) continue;
      shown.push({ access: one.access, event: one.entry.event });
      if (shown.length === query.count) return { shown, next: before };
    }
    if (page.next === undefined) return { shown, next: undefined };
    before = page.next;
  }
  return { shown, next: before };
}

/** Opens one entry; `undefined` where its key was destroyed. */
export async function openAccess(entry: AccessEntry, parts: TrailParts): Promise<RecordedAccess | undefined> {
  const [one] = await openAll([entry], parts);
  return one?.access;
}

function indexQuery(
  people: readonly TrailPerson[] | undefined,
  { actor, resource, fromMs, toMs }: TrailQuery,
  before: AccessPlace | undefined,
): Parameters<Parts['accesses']['page']>[0] {
  return {
    limit: OPENED_AT_ONCE,
    ...(people === undefined ? {} : { persons: people.map(({ person }) => person) }),
    ...(actor === undefined ? {} : { actor }),
    ...(resource === undefined ? {} : { resource }),
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(before === undefined ? {} : { before }),
  };
}

async function openAll(
  entries: readonly AccessEntry[],
  { records }: TrailParts,
): Promise<readonly { readonly entry: AccessEntry; readonly access: RecordedAccess | undefined }[]> {
  const opened = new Map<bigint, Promise<OpenedRecord>>();
  return Promise.all(
    entries.map(async (entry) => {
      const record = opened.get(entry.index) ?? records.openRecord(entry.index);
      opened.set(entry.index, record);
      return { entry, access: checkedAccess(entry, await record) };
    }),
  );
}

/**
 * What the record says at an entry's place; `undefined` where it was erased.
 * @throws GatewayError `integrity-failure` where the entry says something else
 */
export function checkedAccess(entry: AccessEntry, record: OpenedRecord): RecordedAccess | undefined {
  const access = recordedAccess(record, entry.position);
  const agrees =
    access === undefined || (access.person === entry.person && access.subjectSeq === entry.subjectSeq);
  if (!agrees)
    throw new GatewayError('integrity-failure', {
      details: `access_entry/${entry.index}/${entry.position}`,
    });
  return access;
}

function fits(
  access: RecordedAccess,
  people: readonly TrailPerson[] | undefined,
  query: TrailQuery,
): boolean {
  const { actions, outcomes, subtypes } = query;
  return (
    (people === undefined || concerns(people, access)) &&
    isAmong(actions, auditKind(access).action) &&
    isAmong(outcomes, outcomeOf(access)) &&
    isAmong(subtypes, access.interaction)
  );
}

function outcomeOf(access: RecordedAccess): string {
  if (!isRefused(access)) return '0';
  return access.status >= 500 ? '8' : '4';
}

function isAmong(wanted: readonly string[], value: string): boolean {
  return wanted.length === 0 || wanted.includes(value);
}
