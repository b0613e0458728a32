import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from './check.js';
import type { Integrity } from './integrity.js';

/** A check that could not look so many times in a row is told of as a finding. */
const BLIND_LOOKS = 3;

/** What a monitor needs. */
export interface MonitorOptions {
  /** Looked at by every process: each must stop for itself. */
  readonly everywhere: readonly Check[];
  /** Looked at by one process at a time. */
  readonly leading: readonly Check[];
  /** Runs `work` while this process leads; see `whileLeading`. */
  readonly lead: (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>) => Promise<void>;
  readonly integrity: Integrity;
  readonly everyMs: number;
  /** Told of a look that failed; the check goes on. */
  readonly report: (check: string, error: unknown) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Looks at everything again and again, and hands what it finds to `Integrity`. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #stopping = new AbortController();
  readonly #failed = new Map<string, number>();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: MonitorOptions) {
    this.#options = options;
  }

  start(): void {
    const { everywhere, leading, lead } = this.#options;
    const { signal } = this.#stopping;
    const term = async (held: AbortSignal): Promise<void> => {
      await this.#rounds(leading, held);
      for (const { name } of leading) this.#forget(name);
    };
    this.#running = Promise.all([this.#rounds(everywhere, signal), lead(signal, term)]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** One look of each check, one after the other. */
  async round(checks: readonly Check[]): Promise<void> {
    for (const check of checks) if (!this.#stopping.signal.aborted) await this.#look(check);
  }

  async #rounds(checks: readonly Check[], signal: AbortSignal): Promise<void> {
    const { everyMs, pause = pauseFor } = this.#options;
    while (!signal.aborted) {
      await this.round(checks);
      await pause(everyMs, signal);
    }
  }

  /** The next term, or another process, begins anew: with what was found, and with how often a look failed. */
  #forget(name: string): void {
    const { integrity } = this.#options;
    this.#failed.delete(name);
    integrity.forget(name);
    integrity.forget(blindnessOf(name));
  }

  /** What a check found before stays, while it cannot look. */
  async #look({ name, look }: Check): Promise<void> {
    const { integrity, report } = this.#options;
    try {
      integrity.take(name, await look());
      this.#failed.delete(name);
      integrity.take(blindnessOf(name), []);
    } catch (error) {
      report(name, error);
      const failed = (this.#failed.get(name) ?? 0) + 1;
      this.#failed.set(name, failed);
      if (failed >= BLIND_LOOKS) integrity.take(blindnessOf(name), [{ kind: 'unchecked', check: name }]);
    }
  }
}

/** Under what `Integrity` keeps that a check cannot look, beside what it found. */
function blindnessOf(check: string): string {
  return `${check} itself`;
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
