import { uuidv7 } from '#digest';
import type { VendorProfile } from '#ehr';
import type { LogStore } from '#provenance';
import { type Intake, SqlKeyedWriteStore, SqlRuleStore, type RowChange } from '#store';
import type { OpenSource } from '../../../ingest/src/open-sources.js';
import { lookUpAfterMs } from '../../../ingest/src/writes/look-up-after.js';
import { WriteReconciler } from '../../../ingest/src/writes/write-reconciler.js';
import { WriteThrough } from '../../../ingest/src/writes/write-through.js';
import { whileLeading } from '../../../ledger/src/leader-lock.js';
import type { MessagesOptions } from './open-messages.js';

const MS_PER_S = 1_000;
const UUID_RANDOM_BYTES = 10;

/** Writes to sources that own what is written. */
export interface NodeWrites {
  readonly through: WriteThrough;
  /** Begins to look up what became of writes that nobody knows the end of, while no other process does. */
  start(): void;
  stop(): Promise<void>;
}

/** What writes are made of. */
export interface WritesOptions extends MessagesOptions {
  readonly sealed: LogStore<RowChange>;
}

/**
 * Opens the way to write through, and the one that finds out what became of a write. Nothing is started yet.
 * @param vendors the profiles of the sources
 */
export function openWrites(
  options: WritesOptions,
  sources: readonly OpenSource[],
  vendors: readonly VendorProfile[],
  intake: Intake,
): NodeWrites {
  const { config, ground, clock, random, log } = options;
  const { pool, context } = ground;
  const shared = {
    sources,
    patients: intake,
    writes: new SqlKeyedWriteStore({ pool, ...context, keysPerClient: config.WRITE_KEYS_PER_CLIENT }),
    intake,
    log: options.sealed,
    clock,
    newId: (nowMs: number) => uuidv7(nowMs, random(UUID_RANDOM_BYTES)),
  };
  const reconciler = new WriteReconciler({
    ...shared,
    persons: new SqlRuleStore(pool, context),
    afterMs: lookUpAfterMs(config.WRITE_LOOKUP_AFTER_S * MS_PER_S, vendors),
    everyMs: config.WRITE_LOOKUP_EVERY_S * MS_PER_S,
    report: (write, error) => log.warn({ write, err: error }, 'a write could not be looked up'),
  });
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  return {
    through: new WriteThrough({ ...shared, keyDays: config.WRITE_KEY_DAYS }),
    start: () => {
      running = whileLeading(pool, `proviso/writes/${config.TENANT}`, stopped.signal, (signal) =>
        reconciler.run(signal),
      );
    },
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
}
