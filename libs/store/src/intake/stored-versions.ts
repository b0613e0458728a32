import type { Pool } from 'pg';
import { z } from 'zod';
import { PROVENANCE } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { BYTES, TIME } from '../column-shapes.js';
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
    event_time: TIME.nullable(),
  }),
);

/** What is stored of a resource now. */
export interface Current {
  readonly versionId: string;
  readonly deleted: boolean;
  /** When its newest news happened; `undefined` where its source never said. */
  readonly eventMs: number | undefined;
  /**
   * Whether what a source says of it is what is stored. A stored digest that was tampered with differs from everything, so
   * that the next delivery writes the resource anew.
   */
  readonly equals: (content: Uint8Array) => boolean;
}

/** Patients of `v` as `readAnswerRow` takes them; persons are of no use here. */
const PATIENTS = `(select coalesce(json_agg(json_build_object('patient', vp.patient, 'role', vp.role,
    'person', null, 'version', null)), '[]') from version_patient vp where vp.tenant = v.tenant and vp.type = v.type
    and vp.id = v.id and vp.version_id = v.version_id) as patients`;

/** Looks up what is stored of resources; it gives `undefined` for one that never was. */
export async function currentOf(
  pool: Pool,
  context: ApplyContext,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<(type: string, id: string) => Current | undefined> {
  const { rows } = await pool.query({
    name: 'current contents',
    text: `select u.type, u.id, v.version_id, v.deleted, v.content, e.event_time
           from unnest($2::text[], $3::text[]) as u(type, id)
           join resource_version v on v.tenant = $1 and v.type = u.type and v.id = u.id and v.current
           left join resource_event e on e.tenant = $1 and e.type = u.type and e.id = u.id`,
    values: [context.tenant, resources.map(({ type }) => type), resources.map(({ id }) => id)],
  });
  const current = new Map(
    CURRENT.parse(rows).map((row) => [`${row.type}/${row.id}`, currentOfRow(context, row)]),
  );
  return (type, id) => current.get(`${type}/${id}`);
}

function currentOfRow(context: ApplyContext, row: z.infer<typeof CURRENT>[number]): Current {
  const { type, id, version_id: versionId, deleted } = row;
  return {
    versionId,
    deleted,
    eventMs: row.event_time ?? undefined,
    equals: (content) => {
      const expected = contentMac(context.mac, { type, id, versionId, content });
      return !deleted && Buffer.compare(expected, row.content) === 0;
    },
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
  // Ours is beside the source's own, and no source has it.
  const types = delivery.completeTypes.filter((type) => type !== PROVENANCE);
  if (types.length === 0) {
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
    values: [context.tenant, delivery.source, types, delivery.patient?.id ?? null],
  });
  const delivered = new Set(delivery.resources.map(({ type, id }) => `${type}/${id}`));
  return rows
    .map((row: unknown) => readAnswerRow(context, row).stored)
    .filter(({ type, id }) => !delivered.has(`${type}/${id}`));
}

/** Current versions by type and id, each checked; deleted ones are left out. */
export async function currentVersions(
  pool: Pool,
  context: ApplyContext,
  resources: readonly { readonly type: string; readonly id: string }[],
): Promise<readonly Stored[]> {
  if (resources.length === 0) {
    return [];
  }
  const { rows } = await pool.query({
    name: 'current versions',
    text: `select v.*, ${PATIENTS} from unnest($2::text[], $3::text[]) as u(type, id)
           join resource_version v on v.tenant = $1 and v.type = u.type and v.id = u.id and v.current
             and not v.deleted`,
    values: [context.tenant, resources.map(({ type }) => type), resources.map(({ id }) => id)],
  });
  return rows.map((row: unknown) => readAnswerRow(context, row).stored);
}
