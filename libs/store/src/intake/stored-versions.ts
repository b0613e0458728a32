import type { Pool } from 'pg';
import { z } from 'zod';
import { PROVENANCE } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { BYTES, TIME } from '../column-shapes.js';
import { GatheredLoads } from '../gathered-loads.js';
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
const PATIENTS = `(select coalesce(json_agg(json_build_object('patient', vp.patient, 'role', vp.role)), '[]')
   from version_patient vp where vp.tenant = v.tenant and vp.type = v.type
    and vp.id = v.id and vp.version_id = v.version_id) as patients`;

type Named = { readonly type: string; readonly id: string };

/** What is stored now. Deliveries that are planned at one time ask together. */
export class StoredVersions {
  readonly #pool: Pool;
  readonly #context: ApplyContext;
  readonly #contents = new GatheredLoads<Current>((keys) => this.#loadContents(keys));
  readonly #versions = new GatheredLoads<object>((keys) => this.#loadVersions(keys));

  constructor(pool: Pool, context: ApplyContext) {
    this.#pool = pool;
    this.#context = context;
  }

  /** Looks up what is stored of resources; it gives `undefined` for one that never was. */
  async currentOf(resources: readonly Named[]): Promise<(type: string, id: string) => Current | undefined> {
    if (resources.length === 0) return () => undefined;
    const found = await this.#contents.all(resources.map(keyOf));
    return (type, id) => found.get(keyOf({ type, id }));
  }

  /**
   * Current versions by type and id, each checked; deleted ones are left out.
   * @throws `integrity-failure` where one of those that are asked for was changed
   */
  async versionsOf(resources: readonly Named[]): Promise<readonly Stored[]> {
    if (resources.length === 0) return [];
    const found = await this.#versions.all(resources.map(keyOf));
    // Each row is checked for whom it is asked: one that was changed is nobody else's failure.
    return resources.flatMap((one) => {
      const row = found.get(keyOf(one));
      return row === undefined ? [] : [readAnswerRow(this.#context, row).stored];
    });
  }

  async #loadContents(keys: readonly string[]): Promise<ReadonlyMap<string, Current>> {
    const { rows } = await this.#pool.query({
      name: 'current contents',
      text: `select u.type, u.id, v.version_id, v.deleted, v.content, e.event_time
             from unnest($2::text[], $3::text[]) as u(type, id)
             join resource_version v on v.tenant = $1 and v.type = u.type and v.id = u.id and v.current
             left join resource_event e on e.tenant = $1 and e.type = u.type and e.id = u.id`,
      values: [this.#context.tenant, ...columnsOf(keys)],
    });
    return new Map(CURRENT.parse(rows).map((row) => [keyOf(row), currentOfRow(this.#context, row)]));
  }

  async #loadVersions(keys: readonly string[]): Promise<ReadonlyMap<string, object>> {
    const { rows } = await this.#pool.query<{ type: string; id: string }>({
      name: 'current versions',
      text: `select v.*, ${PATIENTS} from unnest($2::text[], $3::text[]) as u(type, id)
             join resource_version v on v.tenant = $1 and v.type = u.type and v.id = u.id and v.current
               and not v.deleted`,
      values: [this.#context.tenant, ...columnsOf(keys)],
    });
    return new Map(rows.map((row) => [keyOf(row), row]));
  }
}

function keyOf({ type, id }: Named): string {
  return `${type}/${id}`;
}

/** Types and ids of keys. */
function columnsOf(keys: readonly string[]): readonly (readonly string[])[] {
  const parts = keys.map((key) => key.split('/'));
  return [0, 1].map((at) => parts.map((part) => part[at] ?? ''));
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
