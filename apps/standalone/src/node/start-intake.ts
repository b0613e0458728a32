import type { Logger } from 'pino';
import type { Config } from '#config';
import type { LogStore } from '#provenance';
import { Intake, type RowChange } from '#store';
import { openSources, readSources, type OpenSource } from '../../../ingest/src/open-sources.js';
import { RosterWorker } from '../../../ingest/src/roster-worker.js';
import { SourceHealth } from '../../../ingest/src/source-health.js';
import { sourceRefresh } from '../../../ingest/src/source-refresh.js';
import type { Refresh } from '../../../gateway/src/parts.js';
import type { Ground } from './storage.js';

const MS_PER_S = 1_000;

/** The intake side of a node. */
export interface NodeIntake {
  readonly sources: readonly OpenSource[];
  readonly health: SourceHealth;
  readonly refresh: Refresh;
  readonly worker: RosterWorker;
}

/** Opens the configured sources over the write path; the roster worker is not yet started. */
export async function startIntake(options: {
  readonly config: Config;
  readonly ground: Ground;
  readonly log: Logger;
  readonly sealed: LogStore<RowChange>;
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
}): Promise<NodeIntake> {
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
  const health = new SourceHealth();
  const worker = new RosterWorker({
    sources,
    health,
    everyMs: config.SOURCE_ROSTER_EVERY_S * MS_PER_S,
    report: (source, error) => log.warn({ source, err: error }, 'a roster could not be pulled'),
  });
  return { sources, health, worker, refresh: sourceRefresh(sources, intake, health) };
}
