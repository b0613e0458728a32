import type { ErrorCode } from '#outcome';
import { ENTRY_CLASS, type LogStore, type SealableRecord } from '#provenance';
import type { RowChange } from '#store';
import { ownRecord } from './own-record.js';

const EVERY_MS = 60_000;

/** Counts answers to nobody; one record a minute holds the counts, so that they cannot flood the log. */
export class UnidentifiedTally {
  readonly #counts = new Map<ErrorCode, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #log: Pick<LogStore<RowChange>, 'append'>;
  readonly #options: { readonly clock: () => number; readonly random: (bytes: number) => Uint8Array };

  constructor(
    log: Pick<LogStore<RowChange>, 'append'>,
    options: { readonly clock: () => number; readonly random: (bytes: number) => Uint8Array },
    report: (error: unknown) => void,
  ) {
    this.#log = log;
    this.#options = options;
    this.#timer = setInterval(() => void this.flush().catch(report), EVERY_MS).unref();
  }

  note(code: ErrorCode): void {
    this.#add(code, 1);
  }

  /** Writes the record of what was counted, where anything was. What could not be written is counted again. */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counted = [...this.#counts];
    this.#counts.clear();
    try {
      await this.#log.append([{ record: this.#recordOf(counted), writes: [] }]);
    } catch (error) {
      for (const [code, count] of counted) this.#add(code, count);
      throw error;
    }
  }

  #recordOf(counted: readonly (readonly [ErrorCode, number])[]): SealableRecord {
    const outcome = counted.map(([code, count]) => `${code}=${count}`).join(' ');
    const act = {
      interaction: 'unidentified',
      outcome,
      status: 401,
      path: '*',
      parameters: new Uint8Array(),
    };
    const { clock, random } = this.#options;
    return ownRecord({ class: ENTRY_CLASS.access, ...act }, clock(), random(10));
  }

  #add(code: ErrorCode, count: number): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + count);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
