import { type PredicateContext, tenantOf } from './sql-context.js';
import { visibleCondition } from './sql-predicate.js';

/**
 * The other Patients of the person of Patient `v`, of those that are visible: a JSON list of ids, which an answer shows as
 * `Patient.link`. Empty for every other type.
 */
export function linkedColumn(context: PredicateContext, v: string): string {
  if (context.type !== 'Patient') return `'[]'::json as linked`;
  const tenant = tenantOf(context);
  return `(select coalesce(json_agg(b.patient order by b.patient), '[]')
    from person_link a
    join person_link b on b.tenant = ${tenant} and b.person = a.person and b.until_time is null
      and b.patient <> a.patient
    join resource_version lv on lv.tenant = ${tenant} and lv.type = 'Patient' and lv.id = b.patient and lv.current
    where a.tenant = ${tenant} and a.patient = ${v}.id and a.until_time is null
      and not lv.deleted and ${visibleCondition(context, 'lv')}) as linked`;
}
