import { toHex } from '#digest';
import { hashLeaf } from '#provenance';
import { apartKey } from '../../apply/apart.js';
import { ANYONE } from '../../apply/rule-actors.js';
import { auditFilings } from './audit-filings.js';
import type { Queryable } from '../head-row.js';
import { missing, type RowFinding } from './finding.js';
import type { GuardedRows } from './guarded-tables.js';
import type { RecordEvidence } from './record-evidence.js';

/** What is compared across tables. */
export interface RelationAudit {
  readonly pool: Queryable;
  readonly tenant: string;
  readonly rows: GuardedRows;
  readonly evidence: RecordEvidence;
}

/** Rows that records name, and what is stored of them. */
export interface NamedRows {
  readonly pool: Queryable;
  readonly tenant: string;
  readonly rows: Pick<GuardedRows, 'links' | 'apart' | 'bindings' | 'filings'>;
  readonly evidence: Pick<RecordEvidence, 'links' | 'apart' | 'consents' | 'bindings' | 'bindingRecords'>;
}

/** Rows that others, or the log, say must be there; rules against the filings and the chain's rows they follow from. */
export async function auditRelations(audit: RelationAudit): Promise<readonly RowFinding[]> {
  const { rows: projections } = await audit.pool.query<{ confirmed: bigint }>(
    'select confirmed from projection_checkpoint where tenant = $1',
    [audit.tenant],
  );
  return [
    ...auditFilings(audit.rows, projections[0]?.confirmed ?? -1n),
    ...(await missingActors(audit)),
    ...(await recordedRows(audit)),
  ];
}

/** The rows by which a panel query finds its persons. */
async function missingActors({ pool, tenant, rows }: RelationAudit): Promise<readonly RowFinding[]> {
  const { rows: stored } = await pool.query<{ actor: string; person: string; consent: string }>(
    'select actor, person, consent from consent_rule_actor where tenant = $1',
    [tenant],
  );
  const found = new Set(stored.map(({ actor, person, consent }) => `${consent}/${person}/${actor}`));
  const wanted = rows.rules
    .filter(({ effect }) => effect === 'permit')
    .flatMap(({ actors, person, consent }) =>
      (actors ?? [ANYONE]).map((actor) => `${consent}/${person}/${actor}`),
    );
  return [...new Set(wanted)]
    .filter((key) => !found.has(key))
    .map((key) => missing('consent_rule_actor', key));
}

/** Links, pairs of Patients told apart, filings and bindings that records name. */
export async function recordedRows({
  pool,
  tenant,
  rows,
  evidence,
}: NamedRows): Promise<readonly RowFinding[]> {
  const links = new Set(rows.links.map(({ patient, person }) => `${patient} ${person}`));
  const consents = new Set(rows.filings.map(({ consent }) => consent));
  const recorded = new Set(rows.bindings.map((binding) => binding.record_id));
  const { rows: entries } = await pool.query<{ entry: Buffer }>(
    'select entry from log_leaf where tenant = $1 and record_id = any($2::uuid[])',
    [tenant, [...recorded]],
  );
  const leaves = new Set(entries.map(({ entry }) => toHex(hashLeaf(entry))));
  return [
    ...without('person_link', evidence.links, links),
    ...without('person_apart', evidence.apart, new Set(rows.apart.map(apartKey))),
    ...without('consent_filing', evidence.consents, consents),
    ...without('binding', evidence.bindings, leaves),
    ...without('binding', evidence.bindingRecords, recorded),
  ];
}

function without(
  table: string,
  named: ReadonlySet<string>,
  present: ReadonlySet<string>,
): readonly RowFinding[] {
  return [...named].filter((key) => !present.has(key)).map((key) => missing(table, key));
}
