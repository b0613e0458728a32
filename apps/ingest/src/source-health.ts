/** What became of the last contact with a source. */
interface Contact {
  readonly kind: 'fresh' | 'refreshed' | 'failed';
}

/** Which sources did not answer when they were last asked, or should speak by themselves and are silent. */
export class SourceHealth {
  readonly #down = new Set<string>();
  readonly #silent: () => readonly string[];

  /** @param silent ids of sources that have been silent for too long */
  constructor(silent: () => readonly string[] = () => []) {
    this.#silent = silent;
  }

  /** `fresh` asked nothing, and so says nothing. */
  note(source: string, contact: Contact): void {
    if (contact.kind === 'failed') this.#down.add(source);
    if (contact.kind === 'refreshed') this.#down.delete(source);
  }

  /** Ids of the sources that are down, in order. */
  down(): readonly string[] {
    return [...new Set([...this.#down, ...this.#silent()])].toSorted();
  }
}
