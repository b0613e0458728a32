import type { ApplyContext } from '../apply/apply-context.js';

const TAG_BYTES = 8;
const MONTH = 'YYYY-MM'.length;
/** Months of a query at most, newest first: twenty years. */
const MONTHS_MAX = 240;

/** The row that a tag belongs to: the same word has another tag in another row. */
export interface TaggedRow {
  readonly person: string;
  readonly index: bigint;
}

/** Keyed hashes by which the index of accesses is asked; the key is that of row MACs, outside the database. */
export class AccessTags {
  readonly #context: ApplyContext;

  constructor(context: ApplyContext) {
    this.#context = context;
  }

  /** The tags of a row's words, joined. */
  of(row: TaggedRow, words: readonly string[]): Uint8Array {
    return Buffer.concat([...new Set(words)].map((word) => this.#tag(row, word)));
  }

  /** Whether the row has the tags of all words. */
  has(row: TaggedRow, tags: Uint8Array, words: readonly string[]): boolean {
    return words.every((word) => {
      const tag = this.#tag(row, word);
      for (let at = 0; at < tags.length; at += TAG_BYTES) {
        if (tag.equals(tags.subarray(at, at + TAG_BYTES))) return true;
      }
      return false;
    });
  }

  /** An actor's hash in the month of a time (RFC 3339). */
  actor(actor: string, time: string): Uint8Array {
    const month = time.slice(0, MONTH);
    return this.#context.mac.of('access_actor', { tenant: this.#context.tenant, actor, month });
  }

  /** An actor's hashes in all months of [fromMs, toMs), the newest twenty years of them. */
  actorBetween(actor: string, fromMs: number, toMs: number): readonly Uint8Array[] {
    const [first, last] = [new Date(fromMs), new Date(toMs)];
    const from = first.getUTCFullYear() * 12 + first.getUTCMonth();
    const to = last.getUTCFullYear() * 12 + last.getUTCMonth();
    const count = Math.max(0, Math.min(to - from + 1, MONTHS_MAX));
    return Array.from({ length: count }, (_, back) =>
      this.actor(actor, new Date(Date.UTC(Math.floor((to - back) / 12), (to - back) % 12)).toISOString()),
    );
  }

  #tag({ person, index }: TaggedRow, word: string): Buffer {
    const { mac, tenant } = this.#context;
    return Buffer.from(mac.of('access_entry', { tenant, person, index, word })).subarray(0, TAG_BYTES);
  }
}
