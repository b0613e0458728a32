import type { Pool } from 'pg';
import { z } from 'zod';
import type { ApplyContext } from '../apply/apply-context.js';
import { BYTES } from '../column-shapes.js';
import type { Stored } from '../resource-store.js';
import { readAnswerRow } from '../resources/stored-row.js';
import { contentMac } from '../version-row.js';
import type { SourceDelivery } from './delivery.js';

const CURRENT = z.array(
  z.object({
    type: z.string(),
    id: z.string(),
    version_id: z.string(),
    deleted: z.boolean(),
    content: BYTES,
  }),
);

/** Patients of `v` as `readAnswerRow` takes them; persons are of no use here. */
const PATIENTS = `(select coalesce(json_agg(json_build_object('patient', vp.patient, 'role', vp.role,
    'person', null, 'version', null)), '[]') from version_patient vp where vp.tenant = v.tenant and vp.type = v.type
    and vp.id = v.id and vp.version_id = v.version_id) as patients`;

/**
 * Tells whether what a source says of a resource is what is stored. A stored digest that was tampered with differs from
 * everything, so that the next delivery writes the resource anew.
 */
export async function unchangedIn(
  pool: Pool,
  context: ApplyContext,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<(type: string, id: string, content: Uint8Array) => boolean> {
  const { rows } = await pool.query({
    name: 'current contents',
    text: `select v.type, v.id, v.version_id, v.deleted, v.content from resource_version v
           join unnest($2::text[], $3::text[]) as u(type, id) on v.type = u.type and v.id = u.id
           where v.tenant = $1 and v.current`,
    values: [context.tenant, resources.map(({ type }) => type), resources.map(({ id }) => id)],
  });
  const current = new Map(CURRENT.parse(rows).map((row) => [`${row.type}/${row.id}`, row]));
  return (type, id, content) => {
    const row = current.get(`${type}/${id}`);
    if (row === undefined || row.deleted) {
      return false;
    }
    const expected = contentMac(context.mac, { type, id, versionId: row.version_id, content });
    return Buffer.compare(expected, row.content) === 0;
  };
}

/**
 * What is stored of the patient's complete types (or, without a patient, of the directory's) and was not delivered.
 * Only resources about the patient count: others that name her came from somebody else's pull.
 */
export async function missingFrom(
  pool: Pool,
  context: ApplyContext,
  delivery: SourceDelivery,
): Promise<readonly Stored[]> {
  if (delivery.completeTypes.length === 0) {
    return [];
  }
  const about = `exists (select from version_patient p where p.tenant = v.tenant and p.type = v.type and p.id = v.id
    and p.version_id = v.version_id and p.patient = $4 and p.role = 'subject')`;
  const nobodys = `$4::text is null and not exists (select from version_patient p where p.tenant = v.tenant
    and p.type = v.type and p.id = v.id and p.version_id = v.version_id)`;
  const { rows } = await pool.query({
    name: delivery.patient === undefined ? 'missing from directory' : 'missing from patient',
    text: `select v.*, ${PATIENTS} from resource_version v
           where v.tenant = $1 and v.current and not v.deleted and v.source = $2 and v.type = any($3)
             and ${delivery.patient === undefined ? nobodys : about}`,
    values: [context.tenant, delivery.source, delivery.completeTypes, delivery.patient?.id ?? null],
  });
  const delivered = new Set(delivery.resources.map(({ type, id }) => `${type}/${id}`));
  return rows
    .map((row: unknown) => readAnswerRow(context, row).stored)
    .filter(({ type, id }) => !delivered.has(`${type}/${id}`));
}

/** Current versions of a type by id, each checked; deleted ones are left out. */
export async function currentVersions(
  pool: Pool,
  context: ApplyContext,
  type: string,
  ids: readonly string[],
): Promise<readonly Stored[]> {
  const { rows } = await pool.query({
    name: 'current versions',
    text: `select v.*, ${PATIENTS} from resource_version v
           where v.tenant = $1 and v.type = $2 and v.id = any($3) and v.current and not v.deleted`,
    values: [context.tenant, type, ids],
  });
  return rows.map((row: unknown) => readAnswerRow(context, row).stored);
}
