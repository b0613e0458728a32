import type { LogStore } from '#provenance';
import { Intake, type RowChange } from '#store';
import { openSources, readSources, type OpenSource } from '../../../ingest/src/open-sources.js';
import { RosterWorker } from '../../../ingest/src/roster-worker.js';
import { SourceHealth } from '../../../ingest/src/source-health.js';
import { sourceRefresh } from '../../../ingest/src/source-refresh.js';
import type { V2Intake } from '../../../ingest/src/v2/open-v2.js';
import type { Refresh } from '../../../gateway/src/parts.js';
import { openMessages, type MessagesOptions } from './open-messages.js';

const MS_PER_S = 1_000;

/** The intake side of a node. */
export interface NodeIntake {
  readonly sources: readonly OpenSource[];
  readonly health: SourceHealth;
  readonly refresh: Refresh;
  /** Begins to pull rosters and to take messages; gives where, if any source sends some. */
  start(): Promise<MessagesAddress | undefined>;
  /** Answers the messages that were read, ends what is under way. */
  stop(): Promise<void>;
}

/** Where messages are taken. */
export type MessagesAddress = Awaited<ReturnType<V2Intake['start']>>;

/** Opens the configured sources over the write path; neither the roster worker nor the listener is started yet. */
export async function startIntake(
  options: MessagesOptions & { readonly sealed: LogStore<RowChange> },
): Promise<NodeIntake> {
  const { config, ground, log, sealed, clock, random } = options;
  const profiles = await readSources(config.SOURCES_FILE);
  const vendors = profiles.filter((profile) => profile.kind === 'fhir');
  const strongSystems = [...new Set(profiles.flatMap((profile) => profile.strongSystems))];
  const intake = new Intake({
    pool: ground.pool,
    ...ground.context,
    log: sealed,
    clock,
    random,
    strongSystems,
  });
  const sources = await openSources(vendors, intake);
  const senders = profiles.filter((profile) => profile.kind === 'v2');
  const messages = openMessages(senders, intake, options);
  const health = new SourceHealth(() => messages?.silent() ?? []);
  const worker = new RosterWorker({
    sources,
    health,
    everyMs: config.SOURCE_ROSTER_EVERY_S * MS_PER_S,
    report: (source, error) => log.warn({ source, err: error }, 'a roster could not be pulled'),
  });
  return {
    sources,
    health,
    refresh: sourceRefresh(sources, intake, health),
    start: async () => {
      worker.start();
      return messages?.start();
    },
    stop: async () => {
      await messages?.stop(config.SHUTDOWN_TIMEOUT_MS / 2);
      await worker.stop();
    },
  };
}
