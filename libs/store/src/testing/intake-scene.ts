import { randomBytes } from 'node:crypto';
import { permitSource, type SourcePermit } from '#consent';
import type { JsonObject } from '#digest';
import { textOf } from '#fhir';
import type { LogStore } from '#provenance';
import type { RowChange } from '../change.js';
import { SqlRuleStore } from '../consent/sql-rule-store.js';
import type { SourceDelivery } from '../intake/delivery.js';
import { Intake } from '../intake/intake.js';
import { LogScene } from './log-scene.js';

/** The one system whose numbers tell for certain who somebody is. */
export const STRONG = 'https://registry.example/person-number';
/** SHA-256 that every delivered payload is said to have. */
export const UPSTREAM = 'ab'.repeat(32);

/** An intake over a log and a database of its own. */
export interface IntakeScene {
  readonly scene: LogScene;
  readonly log: Awaited<ReturnType<LogScene['start']>>;
  readonly intake: Intake;
  readonly rules: SqlRuleStore;
  readonly permit: SourcePermit;
}

/** @param through what stands between the intake and the log */
export async function openIntakeScene(
  source: string,
  through: (log: LogStore<RowChange>) => LogStore<RowChange> = (log) => log,
): Promise<IntakeScene> {
  const scene = await LogScene.make();
  const log = await scene.start();
  const context = { tenant: 'default', mac: scene.mac };
  const { pool } = scene.database;
  const intake = new Intake({
    ...context,
    pool,
    log: through(log),
    clock: Date.now,
    random: randomBytes,
    strongSystems: [STRONG],
  });
  return { scene, log, intake, rules: new SqlRuleStore(pool, context), permit: permitSource({ source }) };
}

/** What a source brings, about nobody in particular unless `change` says whom. */
export function deliveryBy(
  source: string,
  resources: readonly JsonObject[],
  change: Partial<SourceDelivery> = {},
): SourceDelivery {
  return {
    source,
    patient: undefined,
    resources: resources.map((resource) => ({
      type: textOf(resource, 'resourceType') ?? '',
      id: textOf(resource, 'id') ?? '',
      resource,
      upstream: UPSTREAM,
    })),
    completeTypes: [],
    pulledTypes: [],
    atMs: 1_000,
    ...change,
  };
}
