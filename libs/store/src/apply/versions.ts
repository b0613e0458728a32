import type { ClientBase } from 'pg';
import type { RowChange, VersionWrite } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
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
  await client.query({
    name: 'retire versions',
    text: `update resource_version v set current = false from unnest($2::text[], $3::text[]) as u(type, id)
           where v.tenant = $1 and v.type = u.type and v.id = u.id and v.current`,
    values: [context.tenant, current.map(({ type }) => type), current.map(({ id }) => id)],
  });
  const rows = changes.map(({ version, recordId }) =>
    versionRow(context, version, recordId, newest.get(`${version.type}/${version.id}`) === version),
  );
  await insertRows(client, VERSIONS, rows);
  await insertRows(
    client,
    VERSION_PATIENTS,
    changes.flatMap(({ version }) => patientRows(context.tenant, version)),
  );
  await replaceIndexRows(client, context.tenant, current);
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
