import type { Pool } from 'pg';
import { z } from 'zod';
import {
  isOperatePermit,
  isServePermit,
  type OperatePermit,
  type Predicate,
  type ServePermit,
} from '#consent';
import type { ResourceRef, SearchRequest } from '#fhir';
import { GatewayError } from '#outcome';
import {
  compileCount,
  compileHistory,
  compileRead,
  compileSearch,
  compileVread,
  type SqlStatement,
} from '#search';
import type { ApplyContext } from '../apply/apply-context.js';
import type { HistoryPage, Page, ReadResult, ResourceStore, Stored } from '../resource-store.js';
import type { Queries } from '../lanes.js';
import { inSnapshot, type Queryable } from './in-snapshot.js';
import { readCursor, writeCursor } from './cursor.js';
import { ownersOf, ownersOfHistory, readAnswerRow, sawOf, type AnswerRow } from './stored-row.js';

const VISIBLE = z.object({ visible: z.boolean() });
const SORT_KEYS = z.object({ sort_keys: z.array(z.string()) });
const TOTAL = z.object({ saw_position: z.bigint(), total: z.number() });
const SCAN = `select v.*, (select coalesce(json_agg(json_build_object('patient', vp.patient, 'role', vp.role)), '[]')
   from version_patient vp where vp.tenant = v.tenant and vp.type = v.type
    and vp.id = v.id and vp.version_id = v.version_id) as patients
  from resource_version v where v.tenant = $1 and v.seq > $2 order by v.seq limit $3`;

/** What a `SqlResourceStore` is made of. */
export interface ResourceStoreOptions extends ApplyContext {
  readonly pool: Pool;
  /** For reads of one version, which are short; the pool where absent. */
  readonly quick?: Queries;
  /** 32 bytes: authenticates cursors. */
  readonly cursorKey: Uint8Array;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Resources in Postgres. `#search` writes the statements, each with the predicate in it; here permits, cursors and the
 * integrity of what comes back are checked.
 */
export class SqlResourceStore implements ResourceStore {
  readonly #options: ResourceStoreOptions;

  constructor(options: ResourceStoreOptions) {
    this.#options = options;
  }

  async read(permit: ServePermit, ref: ResourceRef): Promise<ReadResult> {
    return this.#instance(compileRead(ref, this.#predicateOf(permit)));
  }

  async vread(permit: ServePermit, ref: ResourceRef, versionId: string): Promise<ReadResult> {
    return this.#instance(compileVread(ref, versionId, this.#predicateOf(permit)));
  }

  async history(permit: ServePermit, ref: ResourceRef, search: SearchRequest): Promise<HistoryPage> {
    const predicate = this.#predicateOf(permit);
    const scope = { predicate, query: ['history', ref.type, ref.id] };
    const [after] = this.#position(scope, search.cursor) ?? [];
    const rows = await this.#rows(
      this.#options.pool,
      compileHistory(ref, predicate, { count: search.count, after }),
    );
    const page = this.#page(rows, search.count, (last) =>
      writeCursor(this.#options.cursorKey, scope, [last.versionId]),
    );
    return { ...page, owners: page.rows.length === 0 ? ownersOfHistory(rows[0]) : { persons: [] } };
  }

  async search(permit: ServePermit, search: SearchRequest): Promise<Page> {
    const predicate = this.#predicateOf(permit);
    if (search.summary === 'count') {
      return { rows: [], next: undefined, ...(await this.#count(this.#options.pool, search, predicate)) };
    }
    if (search.total === 'none') {
      return this.#searchPage(this.#options.pool, search, predicate);
    }
    return inSnapshot(this.#options.pool, async (client) => {
      const { total } = await this.#count(client, search, predicate);
      return { ...(await this.#searchPage(client, search, predicate)), total };
    });
  }

  async scan(
    permit: OperatePermit,
    from: bigint,
    limit: number,
  ): Promise<readonly (Stored & { readonly seq: bigint })[]> {
    if (!isOperatePermit(permit)) {
      throw new GatewayError('internal', { details: 'A scan needs the permit of a task.' });
    }
    const { rows } = await this.#options.pool.query({
      name: 'scan',
      text: SCAN,
      values: [this.#options.tenant, from, limit],
    });
    return rows.map((row: unknown) => {
      const { stored, seq } = readAnswerRow(this.#options, row);
      return { ...stored, seq };
    });
  }

  async #instance(statement: SqlStatement): Promise<ReadResult> {
    const { quick = this.#options.pool } = this.#options;
    const [row] = await this.#rows(quick, statement);
    const { position: sawPosition, empty } = sawOf(row);
    if (empty) {
      return { kind: 'absent', owners: { persons: [] }, sawPosition };
    }
    if (!VISIBLE.parse(row).visible) {
      return { kind: 'absent', owners: ownersOf(this.#options, row), sawPosition };
    }
    const { stored, versions } = readAnswerRow(this.#options, row);
    return { kind: 'found', stored, sawPosition, sawVersions: new Map(versions) };
  }

  async #searchPage(client: Queryable, search: SearchRequest, predicate: Predicate): Promise<Page> {
    const { type, criteria, sort } = search;
    const scope = { predicate, query: ['search', type, criteria, sort] };
    const after = this.#position(scope, search.cursor);
    const rows = await this.#rows(client, compileSearch(search, predicate, { after }));
    return this.#page(rows, search.count, (_, row) =>
      writeCursor(this.#options.cursorKey, scope, SORT_KEYS.parse(row).sort_keys),
    );
  }

  async #count(
    client: Queryable,
    search: SearchRequest,
    predicate: Predicate,
  ): Promise<Pick<Page, 'total' | 'sawPosition' | 'sawVersions'>> {
    const [row] = await this.#rows(client, compileCount(search, predicate));
    const { total, saw_position: sawPosition } = TOTAL.parse(row);
    return { total, sawPosition, sawVersions: new Map() };
  }

  /** One row more than `count` was asked for: whether it came tells whether there is a next page. */
  #page(rows: readonly unknown[], count: number, cursorAfter: (last: Stored, row: unknown) => string): Page {
    const { position: sawPosition, empty } = sawOf(rows[0]);
    const shown = empty ? [] : rows.slice(0, count);
    const answers = shown.map((row): AnswerRow => readAnswerRow(this.#options, row));
    const last = answers.at(-1)?.stored;
    return {
      rows: answers.map(({ stored }) => stored),
      next: rows.length > count && last !== undefined ? cursorAfter(last, shown.at(-1)) : undefined,
      total: undefined,
      sawPosition,
      sawVersions: new Map(answers.flatMap(({ versions }) => versions)),
    };
  }

  #position(
    scope: Parameters<typeof readCursor>[1],
    cursor: string | undefined,
  ): readonly string[] | undefined {
    return cursor === undefined ? undefined : readCursor(this.#options.cursorKey, scope, cursor);
  }

  #predicateOf(permit: ServePermit): Predicate {
    if (!isServePermit(permit) || permit.predicate.tenant !== this.#options.tenant) {
      throw new GatewayError('internal', { details: 'A query needs a permit of this tenant.' });
    }
    if (permit.expiresMs <= this.#options.clock()) {
      throw new GatewayError('overloaded', {
        details: 'The permit expired before the query.',
        retryAfterS: 1,
      });
    }
    return permit.predicate;
  }

  async #rows(client: Queries, { name, text, values }: SqlStatement): Promise<readonly unknown[]> {
    const { rows } = await client.query({ name, text, values: [...values] });
    return rows;
  }
}
