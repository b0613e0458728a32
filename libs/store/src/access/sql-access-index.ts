import type { Pool } from 'pg';
import { z } from 'zod';
import { uuidv7 } from '#digest';
import { GatewayError } from '#outcome';
import type { ApplyContext } from '../apply/apply-context.js';
import { toTimestamp } from '../pool.js';
import { ACCESS_INDEX } from './access-index-writer.js';
import type {
  AccessCounts,
  AccessEntry,
  AccessIndex,
  AccessPage,
  AccessPlace,
  AccessQuery,
  ActorQuery,
  CountedAccesses,
} from './access-index.js';
import { AccessTags } from './access-tags.js';

const LIMIT_MAX = 1_000;
/** Rows that one page looks at, at most, where words of the query decide about each. */
const SCAN_MAX = 10_000;
const SCAN_PAGE = 1_000;
const DAY_MS = 86_400_000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The last that a UUIDv7 can say. */
const TIME_MAX_MS = 2 ** 48 - 1;
const END: AccessPlace = { index: 2n ** 63n - 1n, position: 0 };

const ROWS = z.array(
  z.object({
    person: z.string(),
    subject_seq: z.bigint(),
    idx: z.bigint(),
    position: z.number(),
    time: z.number(),
    tags: z.instanceof(Uint8Array),
    event: z.string(),
  }),
);
type Row = z.infer<typeof ROWS>[number];
const COUNTS = z.tuple([
  z.object({
    count: z.number(),
    first: z.bigint().nullable(),
    last: z.bigint().nullable(),
    given: z.bigint(),
  }),
]);

const COLUMNS = 'e.person, e.subject_seq, e.idx, e.position, e.time, e.tags, e.event';
/** A record's id (UUIDv7) says when it was made. */
const RECORDS = `
select a.idx from access_actor a join log_leaf l on l.tenant = a.tenant and l.idx = a.idx
where a.tenant = $1 and a.actor = any($2) and a.idx < $3 and l.record_id >= $4 and l.record_id < $5
order by a.idx desc limit $6`;
const AFTER = `
select ${COLUMNS} from access_entry e
where e.tenant = $1 and e.person = $2 and (e.idx, e.position) > ($3::bigint, $4::int)
order by e.idx, e.position limit $5`;
const COUNT = `
select count(*)::int as count, min(e.subject_seq) as first, max(e.subject_seq) as last,
  coalesce((select c.next - 1 from subject_counter c where c.tenant = $1 and c.person = $2), 0) as given
from access_entry e where e.tenant = $1 and e.person = $2 and e.time >= $3 and e.time < $4 and e.idx < $5`;

const GAPS = `
select e.seq + 1 as from, e.next - 1 as to from (
  select e.subject_seq as seq, lead(e.subject_seq) over (order by e.subject_seq) as next from access_entry e
  where e.tenant = $1 and e.person = $2 and e.subject_seq between $3 and $4) e
where e.next > e.seq + 1 order by e.seq limit 100`;
const GAP_ROWS = z.array(z.object({ from: z.bigint(), to: z.bigint() }));

/** The index of accesses in Postgres. */
export class SqlAccessIndex implements AccessIndex {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #tags: AccessTags;
  readonly #clock: () => number;

  /** @param clock epoch milliseconds: where a query has no end */
  constructor(pool: Pool, context: ApplyContext, clock: () => number) {
    this.#pool = pool;
    this.#tenant = context.tenant;
    this.#tags = new AccessTags(context);
    this.#clock = clock;
  }

  async page(query: AccessQuery): Promise<AccessPage> {
    const { limit } = query;
    demand(query);
    const words = wordsOf(query);
    const size = words.length === 0 ? limit + 1 : SCAN_PAGE;
    const found: AccessEntry[] = [];
    let { before = END } = query;
    for (let seen = 0; seen < SCAN_MAX; seen += size) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      const rows = await this.#rows({ ...query, before, limit: size });
      found.push(...rows.filter((row) => this.#fits(row, words)).map(entryOf));
      if (found.length > limit) return cut(found, limit);
      const last = rows.at(-1);
      if (last === undefined || rows.length < size) return { entries: found, next: undefined };
      before = { index: last.idx, position: last.position };
    }
    return { entries: found, next: before };
  }

  async recordsOf(query: ActorQuery): Promise<readonly bigint[]> {
    const { actor, before = END.index, limit, fromMs = 0, toMs = Infinity } = query;
    demandLimit(limit);
    const hashes = this.#hashes(actor, query).map((hash) => Buffer.from(hash));
    const { rows } = await this.#pool.query<{ idx: bigint }>({
      name: 'records of an actor',
      text: RECORDS,
      values: [this.#tenant, hashes, before, firstIdAt(fromMs), firstIdAt(toMs), limit],
    });
    return rows.map(({ idx }) => idx);
  }

  async after(person: string, place: AccessPlace, limit: number): Promise<readonly AccessEntry[]> {
    const { rows } = await this.#pool.query({
      name: 'accesses after',
      text: AFTER,
      values: [this.#tenant, person, place.index, place.position, limit],
    });
    return ROWS.parse(rows).map(entryOf);
  }

  async ofEvent(event: string): Promise<AccessEntry | undefined> {
    if (!UUID.test(event)) return undefined;
    const { rows } = await this.#pool.query({
      name: 'access of an event',
      text: `select ${COLUMNS} from access_entry e where e.tenant = $1 and e.event = $2`,
      values: [this.#tenant, event],
    });
    const [row] = ROWS.parse(rows);
    return row === undefined ? undefined : entryOf(row);
  }

  async counts(
    person: string,
    { fromMs = -Infinity, toMs = Infinity, below = END.index }: CountedAccesses,
  ): Promise<AccessCounts> {
    const values = [this.#tenant, person, toTimestamp(fromMs), toTimestamp(toMs), below];
    const { rows } = await this.#pool.query({ name: 'accesses counted', text: COUNT, values });
    const [{ count, first, last, given }] = COUNTS.parse(rows);
    const seqs = { firstSeq: first ?? undefined, lastSeq: last ?? undefined, givenSeq: given };
    return { count, ...seqs, gaps: await this.#gaps(person, first, last) };
  }

  async position(): Promise<bigint> {
    const { rows } = await this.#pool.query<{ position: bigint }>(
      'select position from follower_position where tenant = $1 and name = $2',
      [this.#tenant, ACCESS_INDEX],
    );
    return rows[0]?.position ?? 0n;
  }

  async #gaps(person: string, first: bigint | null, last: bigint | null): Promise<AccessCounts['gaps']> {
    if (first === null || last === null) return [];
    const { rows } = await this.#pool.query(GAPS, [this.#tenant, person, first, last]);
    return GAP_ROWS.parse(rows);
  }

  async #rows(query: AccessQuery & { readonly before: AccessPlace }): Promise<readonly Row[]> {
    const { persons, actor, before, limit, fromMs = -Infinity, toMs = Infinity } = query;
    const { index, position } = before;
    const values: unknown[] = [this.#tenant, toTimestamp(fromMs), toTimestamp(toMs), index, position, limit];
    const where = [
      'e.tenant = $1 and e.time >= $2 and e.time < $3 and (e.idx, e.position) < ($4::bigint, $5::int)',
    ];
    if (persons !== undefined) where.push(`e.person = any($${values.push(persons)}::uuid[])`);
    if (persons === undefined && actor !== undefined) {
      const hashes = this.#hashes(actor, query).map((hash) => Buffer.from(hash));
      where.push(
        `e.idx in (select a.idx from access_actor a where a.tenant = $1 and a.actor = any($${values.push(hashes)}::bytea[]))`,
      );
    }
    const { rows } = await this.#pool.query(
      `select ${COLUMNS} from access_entry e where ${where.join(' and ')} order by e.idx desc, e.position desc limit $6`,
      values,
    );
    return ROWS.parse(rows);
  }

  #hashes(
    actor: string,
    { fromMs = 0, toMs = Infinity }: Pick<AccessQuery, 'fromMs' | 'toMs'>,
  ): readonly Uint8Array[] {
    return this.#tags.actorBetween(actor, Math.max(fromMs, 0), Math.min(toMs, this.#clock() + DAY_MS));
  }

  #fits(row: Row, words: readonly string[]): boolean {
    return words.length === 0 || this.#tags.has({ person: row.person, index: row.idx }, row.tags, words);
  }
}

function demand({ limit, persons, resource }: AccessQuery): void {
  demandLimit(limit);
  if (resource !== undefined && persons === undefined) throw outside('resource');
}

function demandLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) throw outside('limit');
}

/** The least id of a record that was made at this time, epoch milliseconds. */
function firstIdAt(timeMs: number): string {
  return uuidv7(Math.min(Math.max(timeMs, 0), TIME_MAX_MS), new Uint8Array(10));
}

/** What is looked for in each row's tags: of everybody's, an actor has a table of its own. */
function wordsOf({ persons, actor, resource }: AccessQuery): readonly string[] {
  if (persons === undefined) return [];
  return [actor, resource].filter((word) => word !== undefined);
}

function cut(found: readonly AccessEntry[], limit: number): AccessPage {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: last === undefined ? undefined : { index: last.index, position: last.position } };
}

function entryOf({ person, subject_seq: subjectSeq, idx, position, time, event }: Row): AccessEntry {
  return { person, subjectSeq, index: idx, position, timeMs: time, event };
}

function outside(details: string): GatewayError {
  return new GatewayError('invalid-value', { details });
}
