import type { AppendItem, SealableRecord, Seal } from '#provenance';
import type { RowChange } from '#store';
import { makeLogKeys } from '../../libs/store/src/testing/log-fixture.js';
import { MemoryLogStore } from '../../libs/store/src/testing/memory-log-store.js';

/** A log in memory that shows what was appended. */
export class WatchedLog extends MemoryLogStore {
  readonly records: SealableRecord[] = [];

  constructor() {
    super(makeLogKeys());
  }

  override async append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    const seals = await super.append(items);
    this.records.push(...items.map(({ record }) => record));
    return seals;
  }
}
