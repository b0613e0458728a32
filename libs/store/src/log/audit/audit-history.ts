import type { Queryable } from '../head-row.js';
import type { VersionFinding } from './finding.js';
import type { NamedVersion, RecordEvidence } from './record-evidence.js';

const PAGE = 5_000;

/** A resource, by the version that is shown of it and the one that the log says is the newest. */
interface Place {
  readonly type: string;
  readonly id: string;
  readonly current: string | null;
  /** The record that wrote the current version. */
  readonly current_index: bigint | null;
  readonly newest: string;
}
/** Names of resources. */
type Named = readonly { readonly type: string; readonly id: string }[];

const PLACES = `
select v.type, v.id, max(v.version_id) filter (where v.current) as current,
  max(l.idx) filter (where v.current) as current_index,
  (array_agg(v.version_id order by l.idx desc nulls last, v.seq desc))[1] as newest
from resource_version v left join log_leaf l on l.tenant = v.tenant and l.record_id = v.record_id
where v.tenant = $1`;

/** Which version of each resource is current, against the order in which the log says they were written. */
export async function auditHistory(
  pool: Queryable,
  tenant: string,
  evidence: RecordEvidence,
): Promise<readonly VersionFinding[]> {
  const { rows } = await pool.query<Place>(`${PLACES} group by v.type, v.id`, [tenant]);
  return [...rolledBack(rows), ...(await missingVersions(pool, tenant, evidence))];
}

/** As `auditHistory`, of some resources. */
export async function auditPlaces(
  pool: Queryable,
  tenant: string,
  resources: Named,
): Promise<readonly VersionFinding[]> {
  return rolledBack(await placesOf(pool, tenant, resources));
}

/** Versions that records name and that are not there; the resource then shows an earlier one, or none. */
export async function missingVersions(
  pool: Queryable,
  tenant: string,
  evidence: RecordEvidence,
): Promise<readonly VersionFinding[]> {
  const named = [...evidence.versions.values()];
  const missing: NamedVersion[] = [];
  for (let at = 0; at < named.length; at += PAGE) {
    missing.push(...(await absentOf(pool, tenant, named.slice(at, at + PAGE))));
  }
  const places = new Map(
    (await placesOf(pool, tenant, missing)).map((place) => [`${place.type}/${place.id}`, place]),
  );
  return missing.flatMap(({ type, id, versionId, index }): VersionFinding[] => {
    const gone: VersionFinding = { kind: 'version-missing', type, id, versionId, index };
    const place = places.get(`${type}/${id}`);
    const current = place?.current ?? undefined;
    const earlier = (place?.current_index ?? index) < index;
    return earlier ? [gone, { kind: 'version-rolled-back', type, id, current, later: versionId }] : [gone];
  });
}

function rolledBack(places: readonly Place[]): readonly VersionFinding[] {
  return places
    .filter(({ current, newest }) => current !== newest)
    .map(({ type, id, current, newest }) => {
      return { kind: 'version-rolled-back', type, id, current: current ?? undefined, later: newest };
    });
}

async function placesOf(pool: Queryable, tenant: string, resources: Named): Promise<readonly Place[]> {
  if (resources.length === 0) return [];
  const { rows } = await pool.query<Place>(
    `${PLACES} and (v.type, v.id) in (select u.type, u.id from unnest($2::text[], $3::text[]) u (type, id))
     group by v.type, v.id`,
    [tenant, resources.map(({ type }) => type), resources.map(({ id }) => id)],
  );
  return rows;
}

async function absentOf(
  pool: Queryable,
  tenant: string,
  page: readonly NamedVersion[],
): Promise<readonly NamedVersion[]> {
  const { rows } = await pool.query<{ n: bigint }>(
    `select u.n from unnest($2::text[], $3::text[], $4::text[]) with ordinality u (type, id, version_id, n)
     where not exists (select from resource_version v where v.tenant = $1 and v.type = u.type and v.id = u.id
       and v.version_id = u.version_id)`,
    [tenant, page.map(({ type }) => type), page.map(({ id }) => id), page.map(({ versionId }) => versionId)],
  );
  return rows.flatMap(({ n }) => page[Number(n) - 1] ?? []);
}
