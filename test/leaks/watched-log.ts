import type { AppendItem, SealableRecord, Seal } from '#provenance';
import type { RowChange } from '#store';
import { makeLogKeys } from '../../libs/store/src/testing/log-fixture.js';
import { MemoryLogStore } from '../../libs/store/src/testing/memory-log-store.js';

/** A log in memory that shows what was appended; the rows that go with records are written for good. */
export class WatchedLog extends MemoryLogStore {
  readonly records: SealableRecord[] = [];
  /** Done before the next append: what comes between a decision and its record. */
  meanwhile: (() => Promise<void>) | undefined;
  readonly #commit: (items: readonly AppendItem<RowChange>[]) => Promise<void>;

  /** @param commit writes the rows of records; what it throws refuses them */
  constructor(commit: (items: readonly AppendItem<RowChange>[]) => Promise<void>) {
    super(makeLogKeys());
    this.#commit = commit;
  }

  override async append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    if (items.some(({ writes }) => writes.length > 0)) await this.#commit(items);
    const seals = await super.append(items);
    this.records.push(...items.map(({ record }) => record));
    return seals;
  }
}
