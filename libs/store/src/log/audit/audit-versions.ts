import { z } from 'zod';
import { canonicalize, sha256 } from '#digest';
import { isObject } from '#fhir';
import { sameBytes } from '#provenance';
import { BYTES, TIME } from '../../column-shapes.js';
import { contentOf } from '../../prepare-version.js';
import type { RowMac } from '../../row-mac.js';
import { contentMac, versionMacRow } from '../../version-row.js';
import type { Queryable } from '../head-row.js';
import { auditIndex, parsedOf } from './audit-index.js';
import type { VersionFinding, VersionPart } from './finding.js';

const PAGE = 200;
const LIST = z.array(z.string());

const Row = z.object({
  tenant: z.string(),
  type: z.string(),
  id: z.string(),
  version_id: z.string(),
  deleted: z.boolean(),
  digest: BYTES,
  canon: BYTES,
  last_updated: TIME,
  source: z.string(),
  codes: LIST,
  labels: LIST,
  label_rules: z.string(),
  authors: LIST,
  related: LIST,
  targets: LIST,
  time_lo: TIME,
  time_hi: TIME,
  time_known: z.boolean(),
  record_id: z.string(),
});
const Beside = z.object({
  seq: z.bigint(),
  current: z.boolean(),
  bytes: BYTES,
  content: BYTES,
  mac: BYTES,
  patients: LIST,
  recorded: z.boolean(),
});
/** A version with what is judged beside it. */
export type Version = z.infer<typeof Row> & z.infer<typeof Beside>;

/** Columns of `resource_version v` and what is judged beside them. */
export const VERSION_COLUMNS = `
v.*, exists (select from log_leaf l where l.tenant = v.tenant and l.record_id = v.record_id) as recorded,
  array(select p.role || ' ' || p.patient from version_patient p where p.tenant = v.tenant and p.type = v.type
    and p.id = v.id and p.version_id = v.version_id) as patients`;
const SELECT = `select ${VERSION_COLUMNS}
from resource_version v where v.tenant = $1 and v.seq > $2 order by v.seq limit ${PAGE}`;

/** Whose versions are checked. */
export interface VersionAudit {
  readonly pool: Queryable;
  readonly tenant: string;
  readonly mac: RowMac;
}

/** Every version: bytes, digests, MAC, record; and the index rows of the current ones. */
export async function auditVersions(audit: VersionAudit): Promise<readonly VersionFinding[]> {
  const findings: VersionFinding[] = [];
  for (let after = -1n; ;) {
    const { rows } = await audit.pool.query(SELECT, [audit.tenant, after]);
    const versions = rows.map(toVersion);
    findings.push(...(await judgeVersions(audit, versions)));
    const last = versions.at(-1);
    if (last === undefined) return findings;
    after = last.seq;
  }
}

/** Reads a row of `VERSION_COLUMNS`. */
export function toVersion(row: unknown): Version {
  return { ...Row.parse(row), ...Beside.parse(row) };
}

/** Versions by themselves, and the index rows of those that are current. */
export async function judgeVersions(
  audit: VersionAudit,
  versions: readonly Version[],
): Promise<readonly VersionFinding[]> {
  const alone = versions.flatMap((version) => versionFindings(audit, version));
  return [...alone, ...(await auditIndex(audit, versions))];
}

function versionFindings({ mac }: VersionAudit, version: Version): readonly VersionFinding[] {
  const { type, id, version_id: versionId } = version;
  const parts = alteredParts(mac, version);
  const altered = parts.map((part) => ({ kind: 'version-altered', type, id, versionId, part }) as const);
  return version.recorded ? altered : [...altered, { kind: 'version-unrecorded', type, id, versionId }];
}

function alteredParts(mac: RowMac, version: Version): readonly VersionPart[] {
  const { type, id, version_id: versionId, deleted, bytes } = version;
  const patients = version.patients.flatMap((text) => {
    const [role, patient] = text.split(' ');
    return (role === 'subject' || role === 'other') && patient !== undefined
      ? [{ role, patient } as const]
      : [];
  });
  const covered = versionMacRow(Row.parse(version), patients);
  const parsed = deleted ? undefined : parsedOf(bytes);
  const empty = sha256('');
  const canon = parsed === undefined ? empty : sha256(canonicalize(parsed));
  const content = isObject(parsed) ? contentOf(parsed) : empty;
  const stored = contentMac(mac, { type, id, versionId, content });
  const fits: readonly [VersionPart, boolean][] = [
    ['bytes', sameBytes(sha256(bytes), version.digest)],
    ['canon', sameBytes(canon, version.canon)],
    ['content', sameBytes(stored, version.content)],
    ['facts', sameBytes(mac.of('resource_version', covered), version.mac)],
  ];
  return fits.filter(([, fit]) => !fit).map(([part]) => part);
}
