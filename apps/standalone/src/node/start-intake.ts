import type { LogStore } from '#provenance';
import { Intake, SqlSourceContacts, type RowChange } from '#store';
import type { SourceProfile, V2Profile } from '#ehr';
import { ContactWatch } from '../../../ingest/src/v2/contact-watch.js';
import { openSources, readSources, type OpenSource } from '../../../ingest/src/open-sources.js';
import { RosterWorker } from '../../../ingest/src/roster-worker.js';
import { SourceHealth } from '../../../ingest/src/source-health.js';
import { sourceRefresh } from '../../../ingest/src/source-refresh.js';
import type { V2Intake } from '../../../ingest/src/v2/open-v2.js';
import type { Refresh } from '../../../gateway/src/parts.js';
import { openMessages, type MessagesOptions } from './open-messages.js';
import { openWrites, type NodeWrites } from './open-writes.js';

const MS_PER_S = 1_000;

/** The intake side of a node. */
export interface NodeIntake {
  readonly health: SourceHealth;
  readonly refresh: Refresh;
  readonly writes: NodeWrites['through'];
  /** Begins to pull rosters and to take messages; gives where, if any source sends some. */
  start(): Promise<MessagesAddress | undefined>;
  /** Answers the messages that were read, ends what is under way. */
  stop(): Promise<void>;
}

/** Those who send messages: taken from here, or by another process. */
interface Senders {
  start(): Promise<MessagesAddress | undefined>;
  silent(): readonly string[];
  stop(graceMs: number): Promise<void>;
}

/** Where messages are taken. */
export type MessagesAddress = Awaited<ReturnType<V2Intake['start']>>;

/**
 * Opens the configured sources over the write path: a gateway asks them for what is old, an ingest also pulls rosters and
 * takes messages; a process that does neither opens none. Nothing is started yet.
 */
export async function startIntake(
  options: MessagesOptions & { readonly sealed: LogStore<RowChange> },
): Promise<NodeIntake> {
  const { config } = options;
  const isIngest = config.NODE_ROLES.includes('ingest');
  const isOpen = isIngest || config.NODE_ROLES.includes('gateway');
  const profiles = isOpen ? await readSources(config.SOURCES_FILE) : [];
  const intake = intakeOver(options, profiles);
  const vendors = profiles.filter((profile) => profile.kind === 'fhir');
  const sources = await openSources(vendors, intake);
  const senders = profiles.filter((profile) => profile.kind === 'v2');
  const messages = isIngest ? openMessages(senders, intake, options) : watchSenders(senders, options);
  const health = new SourceHealth(() => messages?.silent() ?? []);
  const writes = openWrites(options, sources, vendors, intake);
  const worker = isIngest ? rosterWorker(sources, health, options) : undefined;
  return {
    health,
    refresh: sourceRefresh(sources, intake, health),
    writes: writes.through,
    start: async () => {
      worker?.start();
      if (isIngest) writes.start();
      return messages?.start();
    },
    stop: async () => {
      await messages?.stop(config.SHUTDOWN_TIMEOUT_MS / 2);
      await writes.stop();
      await worker?.stop();
    },
  };
}

function intakeOver(
  { ground, clock, random, sealed }: MessagesOptions & { readonly sealed: LogStore<RowChange> },
  profiles: readonly SourceProfile[],
): Intake {
  const strongSystems = [...new Set(profiles.flatMap((profile) => profile.strongSystems))];
  return new Intake({ pool: ground.pool, ...ground.context, log: sealed, clock, random, strongSystems });
}

/** Sees which senders are silent by what the processes that take messages tell of it. */
function watchSenders(
  profiles: readonly V2Profile[],
  { config, ground, clock }: MessagesOptions,
): Senders | undefined {
  if (profiles.length === 0) return undefined;
  const contacts = new SqlSourceContacts(ground.pool, config.TENANT);
  const watch = new ContactWatch({ profiles, contacts, clock });
  return {
    start: () => Promise.resolve(watch.start()).then(() => undefined),
    silent: () => watch.silent(),
    stop: () => watch.stop(),
  };
}

function rosterWorker(
  sources: readonly OpenSource[],
  health: SourceHealth,
  { config, log }: MessagesOptions,
): RosterWorker {
  return new RosterWorker({
    sources,
    health,
    everyMs: config.SOURCE_ROSTER_EVERY_S * MS_PER_S,
    report: (source, error) => log.warn({ source, err: error }, 'a roster could not be pulled'),
  });
}
