import { uuidv7 } from '#digest';
import type { ErrorCode } from '#outcome';
import { ENTRY_CLASS, type LogStore } from '#provenance';
import type { RowChange } from '#store';

const EVERY_MS = 60_000;

/** Counts answers to nobody; one record a minute holds the counts, so that they cannot flood the log. */
export class UnidentifiedTally {
  readonly #counts = new Map<ErrorCode, number>();
  readonly #timer: NodeJS.Timeout;
  readonly #log: LogStore<RowChange>;
  readonly #options: { readonly clock: () => number; readonly random: (bytes: number) => Uint8Array };

  constructor(
    log: LogStore<RowChange>,
    options: { readonly clock: () => number; readonly random: (bytes: number) => Uint8Array },
    report: (error: unknown) => void,
  ) {
    this.#log = log;
    this.#options = options;
    this.#timer = setInterval(() => void this.flush().catch(report), EVERY_MS).unref();
  }

  note(code: ErrorCode): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** Writes the record of what was counted, where anything was. */
  async flush(): Promise<void> {
    if (this.#counts.size === 0) return;
    const counted = Object.fromEntries(this.#counts);
    this.#counts.clear();
    const timeMs = this.#options.clock();
    const id = uuidv7(timeMs, this.#options.random(10));
    await this.#log.append([
      {
        record: {
          class: ENTRY_CLASS.access,
          op: {
            id,
            time: new Date(timeMs).toISOString(),
            phase: 'single',
            interaction: 'unidentified',
            outcome: Object.entries(counted)
              .map(([code, count]) => `${code}=${count}`)
              .join(' '),
            status: 401,
            block: null,
          },
          actor: {
            client: null,
            user: null,
            organization: null,
            roles: [],
            purpose: null,
            tokenHash: null,
            thumbprint: null,
          },
          request: { method: '*', path: '*', parameters: new Uint8Array(), requestId: id, intent: null },
          subjects: [],
        },
        writes: [],
      },
    ]);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
