/** Numbers that should be 1, 2, 3 … in the order in which they come, per name. */
export class NumberSeries {
  readonly #begins: 'at-one' | 'anywhere';
  readonly #last = new Map<string, bigint>();
  readonly #missing = new Map<string, bigint>();

  /** @param begins `anywhere` where only the end of each series is looked at */
  constructor(begins: 'at-one' | 'anywhere' = 'at-one') {
    this.#begins = begins;
  }

  /** Takes the next number of a name; says whether it stands before one that came earlier. */
  take(name: string, number: bigint): 'next' | 'late' {
    const last = this.#last.get(name) ?? (this.#begins === 'at-one' ? 0n : number - 1n);
    if (number <= last) return 'late';
    if (number > last + 1n && !this.#missing.has(name)) this.#missing.set(name, last + 1n);
    this.#last.set(name, number);
    return 'next';
  }

  /** The first number of each name that never came. */
  get missing(): ReadonlyMap<string, bigint> {
    return this.#missing;
  }

  /** The last number of each name. */
  get last(): ReadonlyMap<string, bigint> {
    return this.#last;
  }
}
