import type { AppendItem, LogStore, Seal } from '#provenance';
import type { RowChange } from '#store';

/** The log, remembering the newest time that it sealed: time never goes back behind it. */
export class SealedTime {
  readonly log: LogStore<RowChange>;
  #newestMs: number;

  constructor(log: LogStore<RowChange>, newestMs: number) {
    this.#newestMs = newestMs;
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

  async #append(log: LogStore<RowChange>, items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const seals = await log.append(items);
    for (const { record } of items) this.#newestMs = Math.max(this.#newestMs, Date.parse(record.op.time));
    return seals;
  }
}
