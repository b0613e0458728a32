import type { Pool } from 'pg';

/** Row changes after which a small store's statistics are taken anew. */
const LEAST_CHANGES = 100;
/** Of the rows that there were, so many more make statistics old. */
const GROWTH = 0.5;

/** Tables with rows; `missing`: whose statistics nobody took, or nobody knows of since the database crashed. */
const TABLES = `
select relname as name, last_analyze is null and last_autoanalyze is null as missing
from pg_stat_user_tables where schemaname = 'proviso' and pg_relation_size(relid) > 0 order by relname`;

interface Table {
  readonly name: string;
  readonly missing: boolean;
}

/**
 * Statistics of the tables, for the planner. The database takes them by itself, but looks only once a minute whether it
 * must: until then, after a first load, a search that names nobody reads whole tables, again and again. A thousand versions
 * are enough to make it run for a minute. Here they are taken when the store has grown by half. One table at a time, beside
 * all requests; a failure is reported, and the next growth tries again.
 */
export class PlannerStatistics {
  readonly #pool: Pool;
  readonly #report: (cause: unknown) => void;
  #changes = 0;
  #limit = LEAST_CHANGES;
  #running: Promise<void> | undefined;
  #stopped = false;

  /** @param report told of what could not be taken */
  constructor(pool: Pool, report: (cause: unknown) => void) {
    this.#pool = pool;
    this.#report = report;
  }

  /** Takes what is missing: the store was filled or restored before. */
  start(): void {
    this.#take(({ missing }) => missing);
  }

  /** To be told of each COMMIT, with the number of its row changes. Returns at once, and never throws. */
  note(changes: number): void {
    this.#changes += changes;
    if (this.#changes >= this.#limit) this.#take(() => true);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Begins nothing more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.settled();
  }

  #take(wanted: (table: Table) => boolean): void {
    if (this.#stopped || this.#running !== undefined) return;
    this.#running = this.#takeAll(wanted)
      .catch(this.#report)
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #takeAll(wanted: (table: Table) => boolean): Promise<void> {
    this.#changes = 0;
    const { rows } = await this.#pool.query<Table>(TABLES);
    for (const { name } of rows.filter(wanted)) {
      if (this.#stopped) return;
      // oxlint-disable-next-line no-await-in-loop -- one at a time
      await this.#pool.query('select take_statistics($1)', [name]);
    }
    this.#limit = Math.max(LEAST_CHANGES, (await this.#versions()) * GROWTH);
  }

  /** Versions in the store, about. */
  async #versions(): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>(
      `select reltuples::float8 as count from pg_class where oid = 'proviso.resource_version'::regclass`,
    );
    return rows[0]?.count ?? 0;
  }
}
