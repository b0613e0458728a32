import type { Predicate } from '#consent';
import type { ResourceRef } from '#fhir';
import { contextOf, withCurrent } from './compile-read.js';
import { patientsColumn, sawPosition, versionColumns } from './sql-columns.js';
import { tenantOf } from './sql-context.js';
import type { SqlStatement } from './sql-statement.js';

/** Which page of a history. */
export interface HistoryPage {
  readonly count: number;
  /** The last version of the page before. */
  readonly after: string | undefined;
}

/**
 * The visible versions of a resource, newest first; one more row than `count` where there is another page. At least one
 * row always: `id` is null where nothing is visible. `owners` are the patients of the current version, visible or not.
 */
export function compileHistory(ref: ResourceRef, predicate: Predicate, page: HistoryPage): SqlStatement {
  const context = contextOf(ref, predicate);
  const { values } = context;
  const tenant = tenantOf(context);
  const [type, id] = [values.add(ref.type, 'text', 'type'), values.text(ref.id)];
  const older =
    page.after === undefined
      ? 'true'
      : `v.seq < (select a.seq from resource_version a
          where a.tenant = ${tenant} and a.type = ${type} and a.id = ${id} and a.version_id = ${values.text(page.after)})`;
  const text = `select saw.saw_position, ${versionColumns('v')}, v.bytes, ${patientsColumn(context, 'v')},
    o.patients as owners
  from ${sawPosition(context)}
  left join lateral (
    select ${patientsColumn(context, 'c')} from resource_version c
    where c.tenant = ${tenant} and c.type = ${type} and c.id = ${id} and c.current) o on true
  left join lateral (
    select v.* from resource_version v
    where v.tenant = ${tenant} and v.type = ${type} and v.id = ${id} and ${older} and ${withCurrent(context)}
    order by v.seq desc limit ${values.add(page.count + 1, 'int')}) v on true
  order by v.seq desc`;
  return values.statement('history', text);
}
