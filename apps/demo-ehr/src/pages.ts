import { randomBytes } from 'node:crypto';
import type { Kept } from './chart-store.js';

const MAX_COUNT = 50;
const DEFAULT_COUNT = 10;
/** What a first page of social history holds, whatever `_count` says. */
const STUBBORN_COUNT = 5;
const MAX_CURSORS = 1000;

/** One page of a search and the cursor of the next. */
export interface PageView {
  readonly rows: readonly Kept[];
  readonly total: number;
  readonly next: string | undefined;
}

interface Cursor {
  readonly rows: readonly Kept[];
  readonly offset: number;
  readonly count: number;
}

/** Keeps the result of a search and hands it out by opaque cursors. The oldest cursors are forgotten. */
export class Pages {
  readonly #cursors = new Map<string, Cursor>();

  /** The first page of a result. */
  first(rows: readonly Kept[], params: URLSearchParams): PageView {
    const count = countOf(params);
    const stubborn = (params.get('category') ?? '').includes('social-history');
    return this.#page({ rows, offset: 0, count }, stubborn ? STUBBORN_COUNT : count);
  }

  /** The page of a cursor; `undefined` if it is unknown. */
  at(cursor: string): PageView | undefined {
    const found = this.#cursors.get(cursor);
    return found === undefined ? undefined : this.#page(found, found.count);
  }

  #page(cursor: Cursor, count: number): PageView {
    const end = cursor.offset + count;
    const more = end < cursor.rows.length;
    return {
      rows: cursor.rows.slice(cursor.offset, end),
      total: cursor.rows.length,
      next: more ? this.#keep({ ...cursor, offset: end }) : undefined,
    };
  }

  #keep(cursor: Cursor): string {
    const [oldest] = this.#cursors.keys();
    if (oldest !== undefined && this.#cursors.size >= MAX_CURSORS) {
      this.#cursors.delete(oldest);
    }
    const id = randomBytes(12).toString('base64url');
    this.#cursors.set(id, cursor);
    return id;
  }
}

function countOf(params: URLSearchParams): number {
  const asked = Number(params.get('_count') ?? DEFAULT_COUNT);
  return Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_COUNT) : DEFAULT_COUNT;
}
