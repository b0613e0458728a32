import type { AppendItem, LogStore, Seal } from '#provenance';
import type { RowChange } from '#store';

/** The log, remembering the newest time that was sealed, by whichever replica: time never goes back behind it. */
export class SealedTime {
  readonly log: LogStore<RowChange>;
  readonly #stored: () => Promise<number>;
  #newestMs: number;
  #grown: (size: bigint) => void = () => undefined;

  /** @param stored the time of the newest record that is stored, whoever appended it */
  constructor(log: LogStore<RowChange>, newestMs: number, stored: () => Promise<number>) {
    this.#newestMs = newestMs;
    this.#stored = stored;
    this.log = {
      append: (items) => this.#append(log, items),
      head: () => log.head(),
      checkpoint: () => log.checkpoint(),
      entries: (from, to) => log.entries(from, to),
      tile: (level, index, width) => log.tile(level, index, width),
      inclusion: (index, size) => log.inclusion(index, size),
      consistency: (from, to) => log.consistency(from, to),
    };
  }

  /** Epoch milliseconds. */
  newestMs(): number {
    return this.#newestMs;
  }

  /** Who hears of each size that an append of this process gave the log. */
  watch(grown: (size: bigint) => void): void {
    this.#grown = grown;
  }

  /** Looks what other replicas have sealed: one whose clock is behind must not serve what has ended by theirs. */
  async look(): Promise<void> {
    this.#newestMs = Math.max(this.#newestMs, await this.#stored());
  }

  async #append(log: LogStore<RowChange>, items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const seals = await log.append(items);
    const size = seals.at(-1)?.size;
    if (size !== undefined) this.#grown(size);
    for (const { record } of items) this.#newestMs = Math.max(this.#newestMs, Date.parse(record.op.time));
    return seals;
  }
}
