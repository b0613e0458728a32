import pg from 'pg';
import { settingsOf, type PoolOptions } from './pool.js';

/** A prepared statement that is a transaction of its own. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Whatever runs one statement: a pool, or lanes. */
export interface Queries {
  query(statement: Statement): Promise<{ readonly rows: readonly unknown[] }>;
}

/** Beyond the time that a statement may take, until the connection counts as broken. */
const SILENCE_MS = 5_000;

/**
 * Two connections for short statements. Each is sent at once, behind those that are not answered yet, where a pool would give
 * it a connection to itself: several go through the kernel, and through one wake-up of the server, together. That halves
 * what a short statement costs either side. What takes long belongs to a pool: here others would wait for it.
 */
export class Lanes implements Queries {
  readonly #lanes: readonly [Lane, Lane];

  constructor(options: Omit<PoolOptions, 'max' | 'idleMs'>) {
    this.#lanes = [new Lane(options), new Lane(options)];
  }

  /** Rejects as a pool does; a connection that broke is opened anew for the next statement. */
  query(statement: Statement): Promise<{ readonly rows: readonly unknown[] }> {
    const [one, other] = this.#lanes;
    return (other.underWay < one.underWay ? other : one).query(statement);
  }

  /** Resolves when what is under way is answered and the connections are closed. */
  async end(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.end()));
  }
}

class Lane {
  readonly #options: Omit<PoolOptions, 'max'>;
  #client: pg.Client | undefined;
  #opened: Promise<pg.Client> | undefined;
  #underWay = 0;
  #isEnded = false;

  constructor(options: Omit<PoolOptions, 'max'>) {
    this.#options = options;
  }

  /** Statements that are not answered yet. */
  get underWay(): number {
    return this.#underWay;
  }

  async query(statement: Statement): Promise<{ readonly rows: readonly unknown[] }> {
    if (this.#isEnded) throw new TypeError('These lanes were ended.');
    this.#underWay += 1;
    try {
      this.#opened ??= this.#open();
      return await (await this.#opened).query(statement);
    } finally {
      this.#underWay -= 1;
    }
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    const client = await this.#opened?.catch(() => undefined);
    await client?.end();
  }

  async #open(): Promise<pg.Client> {
    const settings = settingsOf(this.#options);
    // a server that is gone without a word answers no later statement either
    const silentMs = Number(settings.statement_timeout) + SILENCE_MS;
    const client = new pg.Client({ ...settings, query_timeout: silentMs, pipeline: true });
    this.#client = client;
    const forget = (): void => {
      if (this.#client === client) this.#opened = undefined;
    };
    client.once('end', forget);
    // whoever waits for an answer hears of it by that
    client.on('error', forget);
    try {
      await client.connect();
    } catch (error) {
      forget();
      throw error;
    }
    return client;
  }
}
