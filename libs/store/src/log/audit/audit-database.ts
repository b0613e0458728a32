import type { Pool } from 'pg';
import type { Policy } from '#provenance';
import { openPool } from '../../pool.js';
import { RowMac } from '../../row-mac.js';
import { readHighWater, type HighWaterReading } from '../high-water.js';
import type { KnownHead } from '../start-gate.js';
import { auditHistory } from './audit-history.js';
import { auditLog } from './audit-log.js';
import { auditRelations } from './audit-relations.js';
import { auditVersions } from './audit-versions.js';
import type { AuditFinding } from './finding.js';
import { readGuarded } from './guarded-tables.js';

/** What is audited, with what. */
export interface AuditOptions {
  /** Connection string of the database, or of a copy of it. */
  readonly url: string;
  readonly tenant: string;
  /** `<host>/log/<tenant>` */
  readonly origin: string;
  /** From the key files; 32 bytes each. */
  readonly keys: { readonly storeMac: Uint8Array; readonly vaultRoot: Uint8Array };
  readonly policy: Policy;
  /** The gateway's high-water file; a missing file says nothing. */
  readonly highWaterPath: string;
  /** Heads that others hold: chain, witnesses. */
  readonly known: readonly KnownHead[];
}

/** What an audit read and found. No findings: everything is as it was recorded. */
export interface AuditReport {
  readonly findings: readonly AuditFinding[];
  /** Size of the stored log. */
  readonly size: bigint;
}

/**
 * Recomputes the whole database from its log: leaves, tiles, root and signatures; private parts and keys; numbers of
 * gateways and persons; versions, digests, MACs and index rows; rules, bindings, links, words, latches, tokens, received messages.
 * Nothing is written, and all of it is one snapshot: the database may be in use meanwhile.
 */
export async function auditDatabase(options: AuditOptions): Promise<AuditReport> {
  // read before the database: a mark that is newer than the snapshot would look like records that were taken away
  const mark = await readHighWater(options.highWaterPath);
  const pool = openPool({ url: options.url, tenant: options.tenant, max: 1, idleMs: 0 });
  try {
    // the one connection stays in this transaction to the end
    await pool.query('begin isolation level repeatable read read only');
    return await auditPool(pool, { ...options, mark });
  } finally {
    await pool.end();
  }
}

async function auditPool(
  pool: Pool,
  options: AuditOptions & { readonly mark: HighWaterReading },
): Promise<AuditReport> {
  const { tenant, keys } = options;
  const mac = new RowMac(keys.storeMac);
  const { findings, evidence, size } = await auditLog(pool, options);
  const rows = await readGuarded(pool, tenant, mac);
  const found = [
    ...findings,
    ...(await auditVersions({ pool, tenant, mac })),
    ...(await auditHistory(pool, tenant, evidence)),
    ...rows.findings,
    ...(await auditRelations({ pool, tenant, rows, evidence })),
  ];
  const distinct = new Map(found.map((finding) => [findingText(finding), finding]));
  return { findings: [...distinct.values()], size };
}

/** Tells findings apart: the gate and the walk over the tree meet the same faults. */
function findingText(finding: AuditFinding): string {
  return JSON.stringify(finding, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}
