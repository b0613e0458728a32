import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { RowChange, VersionWrite } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
import { RefusedRecords } from '../refused-records.js';
import { versionRow, type VersionRow } from '../version-row.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { replaceIndexRows } from './index-rows.js';

const VERSIONS: Table<VersionRow> = {
  name: 'resource_version',
  columns: {
    tenant: 'text',
    type: 'text',
    id: 'text',
    version_id: 'text',
    current: 'boolean',
    deleted: 'boolean',
    bytes: 'bytea',
    digest: 'bytea',
    canon: 'bytea',
    content: 'bytea',
    mac: 'bytea',
    last_updated: 'timestamptz',
    source: 'text',
    codes: 'text[]',
    labels: 'text[]',
    label_rules: 'text',
    authors: 'text[]',
    related: 'text[]',
    targets: 'text[]',
    time_lo: 'timestamptz',
    time_hi: 'timestamptz',
    time_known: 'boolean',
    record_id: 'uuid',
  },
};

const RETIRED = z.array(z.object({ type: z.string(), id: z.string(), version_id: z.string() }));

interface VersionPatientRow {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
  readonly version_id: string;
  readonly patient: string;
  readonly role: string;
}

const VERSION_PATIENTS: Table<VersionPatientRow> = {
  name: 'version_patient',
  columns: { tenant: 'text', type: 'text', id: 'text', version_id: 'text', patient: 'text', role: 'text' },
};

/**
 * Writes versions in order: of each resource the last one becomes current, the one before no longer is, and the index
 * rows of the resource are those of the new one (none where it was deleted).
 * @throws RefusedRecords, `version-conflict`, where a version is not the one that another was made to follow
 */
export async function applyVersions(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'version' }>>[],
): Promise<void> {
  if (changes.length === 0) {
    return;
  }
  const newest = new Map(changes.map(({ version }) => [`${version.type}/${version.id}`, version]));
  const current = [...newest.values()];
  const retired = await retire(client, context, current);
  checkOrder(retired, changes);
  const rows = changes.map(({ version, recordId }) =>
    versionRow(context, version, recordId, newest.get(`${version.type}/${version.id}`) === version),
  );
  await insertRows(client, VERSIONS, rows);
  await insertRows(
    client,
    VERSION_PATIENTS,
    changes.flatMap(({ version }) => patientRows(context.tenant, version)),
  );
  await replaceIndexRows(client, context.tenant, current, ({ type, id }) => retired.has(`${type}/${id}`));
}

/** @returns the version ids that were current, by resource */
async function retire(
  client: ClientBase,
  { tenant }: ApplyContext,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query({
    name: 'retire versions',
    text: `update resource_version v set current = false from unnest($2::text[], $3::text[]) as u(type, id)
           where v.tenant = $1 and v.type = u.type and v.id = u.id and v.current
           returning v.type, v.id, v.version_id`,
    values: [tenant, resources.map(({ type }) => type), resources.map(({ id }) => id)],
  });
  return new Map(RETIRED.parse(rows).map((row) => [`${row.type}/${row.id}`, row.version_id]));
}

/**
 * A record of which one version follows another one than it was made for counts for nothing, whatever else it brings.
 * @throws RefusedRecords that names all such records
 */
function checkOrder(
  retired: ReadonlyMap<string, string>,
  changes: readonly Recorded<Extract<RowChange, { kind: 'version' }>>[],
): void {
  const before = new Map(retired);
  const refused = new Map<string, string>();
  for (const [recordId, own] of Map.groupBy(changes, (change) => change.recordId)) {
    const after = new Map<string, string>();
    for (const { version, replaces } of own) {
      const key = `${version.type}/${version.id}`;
      const last = after.get(key) ?? before.get(key) ?? null;
      if (replaces !== undefined && replaces !== last) refused.set(recordId, key);
      after.set(key, version.versionId);
    }
    if (!refused.has(recordId)) for (const [key, versionId] of after) before.set(key, versionId);
  }
  const [key] = refused.values();
  if (key !== undefined) throw new RefusedRecords(new Set(refused.keys()), `${key} was written meanwhile.`);
}

function patientRows(tenant: string, version: VersionWrite): readonly VersionPatientRow[] {
  const { type, id, versionId } = version;
  return version.patients.map(({ patient, role }) => ({
    tenant,
    type,
    id,
    version_id: versionId,
    patient,
    role,
  }));
}
