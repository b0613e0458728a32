import { type PredicateContext, tenantOf } from './sql-context.js';

/** Columns of a version that an answer and its checks need, apart from the bytes. */
export const VERSION_COLUMNS = [
  'type',
  'id',
  'version_id',
  'seq',
  'current',
  'deleted',
  'digest',
  'canon',
  'mac',
  'last_updated',
  'source',
  'codes',
  'labels',
  'label_rules',
  'authors',
  'related',
  'targets',
  'time_lo',
  'time_hi',
  'time_known',
  'record_id',
] as const;

/** The columns of alias `v`. */
export function versionColumns(v: string): string {
  return VERSION_COLUMNS.map((column) => `${v}.${column}`).join(', ');
}

/**
 * The patients of version `v` as JSON: `[{patient, role, link, version}]`. `link` is the whole row that says who her person
 * is, so that its MAC can be checked; null where none is linked. `version` is the person's rule version as text.
 */
export function patientsColumn(context: PredicateContext, v: string): string {
  const tenant = tenantOf(context);
  return `(select coalesce(json_agg(json_build_object(
      'patient', vp.patient, 'role', vp.role, 'link', ${linkObject('pl')}, 'version', pv.version::text)
      order by vp.patient), '[]')
    from version_patient vp
    left join person_link pl on pl.tenant = ${tenant} and pl.patient = vp.patient and pl.until_time is null
    left join person_version pv on pv.tenant = ${tenant} and pv.person = pl.person
    where vp.tenant = ${tenant} and vp.type = ${v}.type and vp.id = ${v}.id and vp.version_id = ${v}.version_id) as patients`;
}

/** A link in force. Times are epoch milliseconds. */
function linkObject(pl: string): string {
  return `case when ${pl}.patient is not null then json_build_object('person', ${pl}.person, 'grade', ${pl}.grade,
        'from', extract(epoch from ${pl}.from_time) * 1000, 'record', ${pl}.record_id,
        'mac', encode(${pl}.mac, 'hex')) end`;
}

/** The position of the projection in the statement's own snapshot; -1 before there is one. */
export function sawPosition(context: PredicateContext): string {
  return `(select coalesce((select cp.position from projection_checkpoint cp where cp.tenant = ${tenantOf(context)}), -1)
    as saw_position) saw`;
}
