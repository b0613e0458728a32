import { canonicalize, type JsonValue } from '#digest';

/** A list while it is made. What it costs to add an item does not depend on how many there are. */
export class GrowingList {
  readonly items: JsonValue[];
  /** Texts of the first so many items; the last one may change yet. */
  private readonly texts = new Set<string>();
  private indexed = 0;

  constructor(items: readonly JsonValue[]) {
    this.items = [...items];
  }

  /** Adds an item, unless it is there. */
  addOnce(item: JsonValue): void {
    if (!this.has(item)) this.items.push(item);
  }

  /** Adds the items of another that are not there yet; what that one has twice is added twice. */
  join(others: readonly JsonValue[]): void {
    const news = others.filter((item) => !this.has(item));
    for (const item of news) this.items.push(item);
  }

  /** An item that will change. */
  replace(index: number, item: JsonValue): void {
    this.items[index] = item;
    if (index < this.indexed) {
      this.texts.clear();
      this.indexed = 0;
    }
  }

  private has(item: JsonValue): boolean {
    const last = this.items.at(-1);
    if (last === undefined) return false;
    for (; this.indexed < this.items.length - 1; this.indexed += 1) {
      this.texts.add(canonicalize(this.items[this.indexed] ?? null));
    }
    const text = canonicalize(item);
    return this.texts.has(text) || canonicalize(last) === text;
  }
}
