import { missingVersions } from '../audit/audit-history.js';
import { auditSome } from '../audit/audit-records.js';
import { recordedRows } from '../audit/audit-relations.js';
import { GuardedReader } from '../audit/guarded-reader.js';
import { APART, FILINGS, LINKS } from '../audit/guarded-tables.js';
import { RecordEvidence } from '../audit/record-evidence.js';
import { sampleLeaves } from './sample-leaves.js';
import type { SampleFinding, Snapshot } from './sample-options.js';

/** Records by their numbers: leaf, parts, and whether what they name is still stored. */
export async function sampleRecords(
  snapshot: Snapshot,
  indexes: readonly bigint[],
): Promise<readonly SampleFinding[]> {
  const { pool, tenant, head } = snapshot;
  const evidence = new RecordEvidence('some');
  await auditSome({ ...snapshot, size: head.size }, evidence, indexes);
  return [
    ...(await sampleLeaves(snapshot, indexes)),
    ...evidence.findings,
    ...(await missingVersions(pool, tenant, evidence)),
    ...(await missingRows(snapshot, evidence)),
  ];
}

/** Links, pairs of Patients told apart and filings that the records name. Bindings are named by their leaves: those are the whole audit's. */
async function missingRows(
  { pool, tenant, mac }: Snapshot,
  evidence: RecordEvidence,
): Promise<readonly SampleFinding[]> {
  const reader = new GuardedReader(pool, tenant, mac);
  const patients = [...evidence.links].map((link) => link.slice(0, link.indexOf(' ')));
  const links = await reader.read(LINKS, { rest: 'and f.patient = any($2)', values: [patients] });
  const pairs = [...evidence.apart].map((pair) => pair.slice(0, pair.indexOf('/')));
  const apart = await reader.read(APART, { rest: 'and f.patient = any($2)', values: [pairs] });
  const consents = [...evidence.consents];
  const filings = await reader.read(FILINGS, { rest: 'and f.consent = any($2)', values: [consents] });
  const named = {
    links: evidence.links,
    apart: evidence.apart,
    consents: evidence.consents,
    bindings: new Set<string>(),
    bindingRecords: new Set<string>(),
  };
  const absent = await recordedRows({
    pool,
    tenant,
    rows: { links, apart, filings, bindings: [] },
    evidence: named,
  });
  return [...reader.findings, ...absent];
}
