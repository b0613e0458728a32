import { auditPlaces } from '../audit/audit-history.js';
import { judgeVersions, toVersion, VERSION_COLUMNS, type Version } from '../audit/audit-versions.js';
import type { VersionFinding } from '../audit/finding.js';
import { sampleClause } from './random-rows.js';
import type { Snapshot } from './sample-options.js';

/** Newest records of each sampled person that are opened: they name what must be stored of her. */
const RECORDS_PER_PERSON = 4;

/** Versions that were picked, what was found of them, and records about their patients. */
export interface VersionSample {
  readonly findings: readonly VersionFinding[];
  readonly records: readonly bigint[];
}

/** Versions at random: bytes, digests, MAC, record, index rows, and whether the newest of each resource is the current one. */
export async function sampleVersions(snapshot: Snapshot, count: number): Promise<VersionSample> {
  const { pool, tenant } = snapshot;
  const clause = await sampleClause(pool, 'resource_version', count);
  const { rows } = await pool.query(
    `select ${VERSION_COLUMNS} from resource_version v ${clause} where v.tenant = $1 order by random() limit $2`,
    [tenant, count],
  );
  const versions = rows.map(toVersion);
  const findings = [
    ...(await judgeVersions(snapshot, versions)),
    ...(await auditPlaces(pool, tenant, versions)),
  ];
  return { findings, records: await newestRecords(snapshot, versions) };
}

async function newestRecords(
  { pool, tenant }: Snapshot,
  versions: readonly Version[],
): Promise<readonly bigint[]> {
  const { rows } = await pool.query<{ idx: bigint }>(
    `select s.idx from (
       select distinct l.person from unnest($2::text[], $3::text[], $4::text[]) u (type, id, version_id)
       join version_patient p on p.tenant = $1 and p.type = u.type and p.id = u.id and p.version_id = u.version_id
       join person_link l on l.tenant = $1 and l.patient = p.patient and l.until_time is null
     ) of, lateral (
       select idx from log_subject where tenant = $1 and person = of.person
       order by subject_seq desc limit ${RECORDS_PER_PERSON}
     ) s`,
    [
      tenant,
      versions.map(({ type }) => type),
      versions.map(({ id }) => id),
      versions.map(({ version_id: versionId }) => versionId),
    ],
  );
  return rows.map(({ idx }) => idx);
}
