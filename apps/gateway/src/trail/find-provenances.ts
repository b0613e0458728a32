import type { OpenedRecord, RecordedAccess } from '#provenance';
import type { AccessEntry, AccessPlace } from '#store';
import type { Parts } from '../parts.js';
import { checkedAccess } from './find-accesses.js';
import { accessesOf, madeProvenances, type MadeProvenance } from './made-provenances.js';
import { concerns, type TrailPerson } from './trail-people.js';

/** Entries of the index that one answer opens, at most: a page may be short, and have a next one. */
const OPENED_MAX = 1_000;
const OPENED_AT_ONCE = 50;
const INDEX_PAGE = 1_000;

/** Where a page of Provenances begins: entries before a place, and of the first of them so many are left out. */
export interface ProvenancePlace extends AccessPlace {
  readonly skip: number;
}

/** Which Provenances are looked for, in which records. */
export interface ProvenanceLook {
  /** Whose records; `undefined`: everybody's. */
  readonly people: readonly TrailPerson[] | undefined;
  /** `Type/id` that a record must name. */
  readonly resource: string | undefined;
  readonly fits: (made: MadeProvenance) => boolean;
  readonly count: number;
  readonly from: ProvenancePlace | undefined;
}

/** A page, newest record first. */
export interface FoundProvenances {
  readonly shown: readonly MadeProvenance[];
  readonly next: ProvenancePlace | undefined;
}

/** What is needed to look. */
export type ProvenanceParts = Pick<Parts, 'accesses' | 'records' | 'links'>;

/**
 * Looks for Provenances in the records with which they were made: the index of accesses finds records, the log says. One that
 * concerns several persons is shown once.
 *
 * @throws GatewayError `integrity-failure` where the index says what the log does not
 */
export async function findProvenances(
  look: ProvenanceLook,
  parts: ProvenanceParts,
): Promise<FoundProvenances> {
  if (look.people?.length === 0) return { shown: [], next: undefined };
  const shown: MadeProvenance[] = [];
  let before: AccessPlace | undefined = look.from;
  for (let opened = 0; opened < OPENED_MAX; opened += OPENED_AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await parts.accesses.page(indexQuery(look, before));
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    for (const { entry, made } of await openAll(page.entries, look, parts)) {
      const skip = skipOf(entry, look.from);
      const room = look.count - shown.length;
      shown.push(...made.slice(skip, skip + room));
      if (skip + room < made.length) return { shown, next: within(entry, skip + room) };
    }
    if (page.next === undefined) return { shown, next: undefined };
    before = page.next;
  }
  return { shown, next: before && { ...before, skip: 0 } };
}

/** One that was looked for by its id: the Provenance, where it was made here, and whom the record that first names it concerns. */
export interface FoundProvenance {
  readonly made: MadeProvenance | undefined;
  readonly accesses: readonly RecordedAccess[];
}

/** Looks for the record with which a Provenance came to be: the first one that names it. */
export async function findProvenance(id: string, parts: ProvenanceParts): Promise<FoundProvenance> {
  const links = await parts.links.linksOfResource('Provenance', id);
  const entry = await firstEntry([...new Set(links.map(({ person }) => person))], `Provenance/${id}`, parts);
  if (entry === undefined) return { made: undefined, accesses: [] };
  const record = await parts.records.openRecord(entry.index);
  checkedAccess(entry, record);
  const isNamed = ({ items }: RecordedAccess) =>
    items.some((item) => item.type === 'Provenance' && item.id === id);
  return {
    made: madeProvenances(record).find((one) => one.id === id),
    accesses: accessesOf(record).filter(isNamed),
  };
}

/** The oldest entry that names a resource. Nothing is opened on the way, however often it was read since. */
async function firstEntry(
  persons: readonly string[],
  resource: string,
  { accesses }: ProvenanceParts,
): Promise<AccessEntry | undefined> {
  if (persons.length === 0) return undefined;
  let first: AccessEntry | undefined;
  let before: AccessPlace | undefined;
  do {
    const paging = before === undefined ? {} : { before };
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await accesses.page({ persons, resource, limit: INDEX_PAGE, ...paging });
    first = page.entries.at(-1) ?? first;
    before = page.next;
  } while (before !== undefined);
  return first;
}

function indexQuery(
  { people, resource }: ProvenanceLook,
  before: AccessPlace | undefined,
): Parameters<Parts['accesses']['page']>[0] {
  return {
    limit: OPENED_AT_ONCE,
    ...(people === undefined ? {} : { persons: people.map(({ person }) => person) }),
    ...(resource === undefined ? {} : { resource }),
    ...(before === undefined ? {} : { before: { index: before.index, position: before.position } }),
  };
}

interface OpenedEntry {
  readonly entry: AccessEntry;
  readonly made: readonly MadeProvenance[];
}

async function openAll(
  entries: readonly AccessEntry[],
  look: ProvenanceLook,
  { records }: ProvenanceParts,
): Promise<readonly OpenedEntry[]> {
  const opened = new Map<bigint, Promise<OpenedRecord>>();
  return Promise.all(
    entries.map(async (entry) => {
      const asked = opened.get(entry.index) ?? records.openRecord(entry.index);
      opened.set(entry.index, asked);
      const record = await asked;
      checkedAccess(entry, record);
      const made = madeProvenances(record).filter(
        (one) => placeOf(one, look.people) === entry.position && look.fits(one),
      );
      return { entry, made };
    }),
  );
}

/** At which of the sub-entries that are looked at it is shown: the one that comes first, newest first. */
function placeOf({ accesses }: MadeProvenance, people: ProvenanceLook['people']): number {
  const seen = accesses.filter((access) => people === undefined || concerns(people, access));
  return Math.max(-1, ...seen.map(({ position }) => position));
}

/** A page ended within an entry: the next begins with it. */
function within({ index, position }: AccessEntry, skip: number): ProvenancePlace {
  return { index, position: position + 1, skip };
}

function skipOf({ index, position }: AccessEntry, from: ProvenancePlace | undefined): number {
  return from !== undefined && from.index === index && from.position === position + 1 ? from.skip : 0;
}
