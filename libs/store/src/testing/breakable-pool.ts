import type { ClientBase, Pool } from 'pg';
import { openPool } from '../pool.js';
import type { TestDatabase } from './test-database.js';

/** Where a connection breaks: at a statement that begins so, or at a prepared one of that name. */
interface Break {
  readonly statement: string;
  /** `before`: the server never sees the statement. `after`: it has executed it, and nobody hears of it. */
  readonly reach: 'before' | 'after';
}

/** A real pool whose connections are cut, by ending their server process, when they come to a statement. */
export class BreakablePool {
  readonly pool: Pool;
  readonly #database: TestDatabase;
  #breaks: Break[] = [];

  constructor(database: TestDatabase) {
    this.#database = database;
    this.pool = openPool({ url: database.url, tenant: 'default', max: 4 });
    this.pool.on('connect', (client) => this.#guard(client));
  }

  /** The next `times` that a connection comes to the statement it is cut. */
  breakAt(statement: string, reach: Break['reach'], times = 1): void {
    this.#breaks = Array.from({ length: times }, () => ({ statement, reach }));
  }

  /** Breaks that no connection has met yet. */
  get pending(): number {
    return this.#breaks.length;
  }

  unbreak(): void {
    this.#breaks = [];
  }

  #guard(client: ClientBase): void {
    const query: unknown = Reflect.get(client, 'query');
    if (typeof query !== 'function') throw new TypeError('a client has no query');
    const pass = (args: readonly unknown[]): unknown => Reflect.apply(query, client, args);
    Reflect.set(client, 'query', (...args: readonly unknown[]) => {
      const at = this.#breaks.findIndex(({ statement }) => nameOf(args[0]).startsWith(statement));
      const [met] = at === -1 ? [] : this.#breaks.splice(at, 1);
      return met === undefined ? pass(args) : this.#cut(client, met, () => pass(args));
    });
  }

  async #cut(client: ClientBase, { reach }: Break, pass: () => unknown): Promise<unknown> {
    const end = (): Promise<unknown> =>
      this.#database.admin('select pg_terminate_backend($1, 5000)', [Reflect.get(client, 'processID')]);
    if (reach === 'before') {
      await end();
      return pass();
    }
    await pass();
    await end();
    throw new Error('Connection terminated unexpectedly');
  }
}

function nameOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'name' in query ? String(query.name) : '';
}
