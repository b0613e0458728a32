import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '#outcome';
import type { OpenSource } from './open-sources.js';
import type { SourceHealth } from './source-health.js';

/** How rosters are pulled. */
export interface RosterOptions {
  readonly sources: readonly OpenSource[];
  readonly health: SourceHealth;
  readonly everyMs: number;
  readonly report: (source: string, error: unknown) => void;
}

const PULL_MS = 60_000;
const RETRY_MS = 2_000;

/** Pulls each source's roster and directory at the start and on a schedule, until stopped. A failure is tried again soon. */
export class RosterWorker {
  readonly #options: RosterOptions;
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: RosterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = Promise.all(this.#options.sources.map((source) => this.#follow(source)));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #follow(open: OpenSource): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      // oxlint-disable no-await-in-loop -- one pull after the other
      const ok = await this.#pullRoster(open);
      await sleep(ok ? this.#options.everyMs : RETRY_MS, undefined, { signal }).catch(() => undefined);
      // oxlint-enable no-await-in-loop
    }
  }

  async #pullRoster({ source, through, permit }: OpenSource): Promise<boolean> {
    const { health, report } = this.#options;
    try {
      const directory = await through.refreshDirectory(permit, AbortSignal.timeout(PULL_MS));
      health.note(source.id, directory);
      for await (const { id } of source.roster(permit)) {
        health.note(source.id, await through.refresh(permit, id, ['Patient'], AbortSignal.timeout(PULL_MS)));
        if (this.#stopping.signal.aborted) return true;
      }
      return directory.kind !== 'failed' && !health.down().includes(source.id);
    } catch (error) {
      if (error instanceof GatewayError && error.code.startsWith('source-'))
        health.note(source.id, { kind: 'failed' });
      report(source.id, error);
      return false;
    }
  }
}
