/** What became of the last contact with a source. */
interface Contact {
  readonly kind: 'fresh' | 'refreshed' | 'failed';
}

/** Which sources did not answer when they were last asked. */
export class SourceHealth {
  readonly #down = new Set<string>();

  /** `fresh` asked nothing, and so says nothing. */
  note(source: string, contact: Contact): void {
    if (contact.kind === 'failed') this.#down.add(source);
    if (contact.kind === 'refreshed') this.#down.delete(source);
  }

  /** Ids of the sources that are down, in order. */
  down(): readonly string[] {
    return [...this.#down].toSorted();
  }
}
