import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';

const ROWS = z.array(z.object({ source: z.string() }));

/**
 * Which sources this process converts messages of: at most one process at a time for each, by advisory locks, all held on
 * one connection. Where that breaks, the locks are lost and tried for anew; what is under way then is still converted
 * once, since the inbox refuses the second.
 */
export class SourceLead {
  readonly #pool: Pool;
  readonly #tenant: string;
  readonly #held = new Set<string>();
  #client: PoolClient | undefined;

  constructor(pool: Pool, tenant: string) {
    this.#pool = pool;
    this.#tenant = tenant;
  }

  /**
   * Tries for those of the sources that are not held yet.
   * @returns all of them that are held now. Rejects where the database does not answer: then none is.
   */
  async hold(sources: readonly string[]): Promise<readonly string[]> {
    const wanted = sources.filter((source) => !this.#held.has(source));
    if (wanted.length > 0) {
      try {
        await this.#take(wanted);
      } catch (cause) {
        this.release();
        throw cause;
      }
    }
    return sources.filter((source) => this.#held.has(source));
  }

  /** Lets others have the sources. */
  release(): void {
    const client = this.#client;
    this.#client = undefined;
    this.#held.clear();
    // Ends the session, and with it the locks.
    client?.release(true);
  }

  async #take(wanted: readonly string[]): Promise<void> {
    const client = await this.#connected();
    const { rows } = await client.query({
      text: `select source from unnest($2::text[]) as source
             where pg_try_advisory_lock(hashtextextended('inbox ' || $1 || ' ' || source, 0))`,
      values: [this.#tenant, wanted],
    });
    if (this.#client !== client) return;
    for (const { source } of ROWS.parse(rows)) this.#held.add(source);
  }

  async #connected(): Promise<PoolClient> {
    if (this.#client !== undefined) return this.#client;
    const client = await this.#pool.connect();
    client.on('error', () => {
      if (this.#client === client) this.release();
    });
    this.#client = client;
    return client;
  }
}
