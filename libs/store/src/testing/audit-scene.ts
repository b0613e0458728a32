import { auditDatabase } from '../log/audit/audit-database.js';
import type { AuditFinding } from '../log/audit/finding.js';
import type { KnownHead } from '../log/start-gate.js';
import type { LogKeys } from './log-fixture.js';

/** A database and what it is audited with. */
export interface AuditedScene {
  readonly keys: LogKeys;
  readonly highWaterPath: string;
  readonly database: { readonly url: string };
}

/** What an audit of the scene's database finds now. */
export async function auditScene(
  scene: AuditedScene,
  known: readonly KnownHead[] = [],
): Promise<readonly AuditFinding[]> {
  const { origin, storeMac, rootKey, policy } = scene.keys;
  const { findings } = await auditDatabase({
    url: scene.database.url,
    tenant: 'default',
    origin,
    keys: { storeMac, vaultRoot: rootKey },
    policy,
    highWaterPath: scene.highWaterPath,
    known,
  });
  return findings;
}
