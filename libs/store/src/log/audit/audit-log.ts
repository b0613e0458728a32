import type { Pool } from 'pg';
import type { Policy } from '#provenance';
import { readHead } from '../head-row.js';
import type { HighWaterReading } from '../high-water.js';
import { SqlAnchorLog } from '../sql-anchor-log.js';
import { SqlKeyVault } from '../sql-key-vault.js';
import { type KnownHead, startGate } from '../start-gate.js';
import { auditRecords } from './audit-records.js';
import { auditSessions, auditSubjects } from './audit-subjects.js';
import { auditTree } from './audit-tree.js';
import type { AuditFinding } from './finding.js';
import type { RecordEvidence } from './record-evidence.js';

/** What the log is audited with. */
export interface LogAudit {
  readonly tenant: string;
  readonly origin: string;
  readonly keys: { readonly vaultRoot: Uint8Array };
  readonly policy: Policy;
  readonly highWaterPath: string;
  /** What the high-water file said before the database was read. */
  readonly mark: HighWaterReading;
  readonly known: readonly KnownHead[];
}

/** The log by itself, and what its records say of the rest of the database. */
export async function auditLog(
  pool: Pool,
  options: LogAudit,
): Promise<{
  readonly findings: readonly AuditFinding[];
  readonly evidence: RecordEvidence;
  readonly size: bigint;
}> {
  const { tenant, policy, known } = options;
  const held = await new SqlAnchorLog(pool, tenant).held();
  const anchored = held.map(({ size: at, root }) => ({ source: 'anchor', size: at, root }) as const);
  const gate = await startGate({ ...options, pool }, policy, [...known, ...anchored]);
  const head = await readHead(pool, tenant);
  const size = head?.size ?? 0n;
  const tree = head === undefined ? [] : await auditTree({ pool, tenant, policy, head });
  const vault = new SqlKeyVault({ pool, tenant, rootKey: options.keys.vaultRoot });
  const evidence = await auditRecords({ pool, tenant, vault, size });
  const subjects = await auditSubjects({ pool, tenant, size }, evidence);
  const sessions = await auditSessions({ pool, tenant }, evidence);
  const records = [...evidence.findings, ...evidence.unnoticed()];
  return { findings: [...gate, ...tree, ...records, ...subjects, ...sessions], evidence, size };
}
