import { GatewayError } from '#outcome';
import type { AppendItem, LogStore, Seal } from '#provenance';
import type { RowChange } from '#store';

/** A log whose next appends may be told to fail, and that remembers what was appended. */
export class BreakableLog {
  readonly appended: AppendItem<RowChange>[] = [];
  real: Pick<LogStore<RowChange>, 'append'> | undefined;
  #passing = Infinity;

  /** Fails every append after so many. */
  failAfter(appends: number): void {
    this.#passing = appends;
  }

  mend(): void {
    this.#passing = Infinity;
  }

  async append(items: readonly AppendItem<RowChange>[]): Promise<readonly Seal[]> {
    this.#passing -= 1;
    if (this.real === undefined || this.#passing < 0) {
      throw new GatewayError('seal-unavailable', { details: 'told-to-fail' });
    }
    const seals = await this.real.append(items);
    this.appended.push(...items);
    return seals;
  }
}

/** What stands between the intake and the log: all but `append` is the log's own. */
export function through(log: BreakableLog): (real: LogStore<RowChange>) => LogStore<RowChange> {
  return (real) => {
    log.real = real;
    return {
      append: (items) => log.append(items),
      head: () => real.head(),
      checkpoint: () => real.checkpoint(),
      entries: (from, to) => real.entries(from, to),
      tile: (level, index, width) => real.tile(level, index, width),
      inclusion: (index, size) => real.inclusion(index, size),
      consistency: (from, to) => real.consistency(from, to),
    };
  };
}
