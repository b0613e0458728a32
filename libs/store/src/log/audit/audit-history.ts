import type { Pool } from 'pg';
import type { AuditFinding } from './finding.js';
import type { NamedVersion, RecordEvidence } from './record-evidence.js';

interface Place {
  readonly type: string;
  readonly id: string;
  readonly current: string | null;
  readonly newest: string;
}

/** Which version of each resource is current, against the order in which the log says they were written. */
export async function auditHistory(
  pool: Pool,
  tenant: string,
  evidence: RecordEvidence,
): Promise<readonly AuditFinding[]> {
  const { rows } = await pool.query<Place>(
    `select v.type, v.id, max(v.version_id) filter (where v.current) as current,
       (array_agg(v.version_id order by l.idx desc nulls last, v.seq desc))[1] as newest
     from resource_version v left join log_leaf l on l.tenant = v.tenant and l.record_id = v.record_id
     where v.tenant = $1 group by v.type, v.id`,
    [tenant],
  );
  const places = new Map(rows.map((row) => [`${row.type}/${row.id}`, row]));
  const rolledBack = rows
    .filter(({ current, newest }) => current !== newest)
    .map(({ type, id, current, newest }): AuditFinding => {
      return { kind: 'version-rolled-back', type, id, current: current ?? undefined, later: newest };
    });
  return [...rolledBack, ...(await missingVersions(pool, tenant, { evidence, places }))];
}

/** Versions that records name and that are not there; the resource then shows an earlier one, or none. */
async function missingVersions(
  pool: Pool,
  tenant: string,
  { evidence, places }: { evidence: RecordEvidence; places: ReadonlyMap<string, Place> },
): Promise<readonly AuditFinding[]> {
  const named = [...evidence.versions.values()];
  const missing: NamedVersion[] = [];
  for (let at = 0; at < named.length; at += 5_000) {
    const page = named.slice(at, at + 5_000);
    const { rows } = await pool.query<{ n: bigint }>(
      `select u.n from unnest($2::text[], $3::text[], $4::text[]) with ordinality u (type, id, version_id, n)
       where not exists (select from resource_version v where v.tenant = $1 and v.type = u.type and v.id = u.id
         and v.version_id = u.version_id)`,
      [
        tenant,
        page.map(({ type }) => type),
        page.map(({ id }) => id),
        page.map(({ versionId }) => versionId),
      ],
    );
    missing.push(...rows.flatMap(({ n }) => page[Number(n) - 1] ?? []));
  }
  return missing.flatMap(({ type, id, versionId, index }): AuditFinding[] => {
    const gone: AuditFinding = { kind: 'version-missing', type, id, versionId, index };
    const current = places.get(`${type}/${id}`)?.current ?? undefined;
    const shown = current === undefined ? undefined : evidence.versions.get(`${type}/${id}/${current}`);
    const earlier = shown !== undefined && shown.index < index;
    return earlier ? [gone, { kind: 'version-rolled-back', type, id, current, later: versionId }] : [gone];
  });
}
