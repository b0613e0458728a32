import type { Predicate } from '#consent';
import type { ResourceRef } from '#fhir';
import { linkedColumn } from './sql-linked.js';
import { patientsColumn, sawPosition, versionColumns } from './sql-columns.js';
import { type PredicateContext, tenantOf } from './sql-context.js';
import { visibleCondition } from './sql-predicate.js';
import { type SqlStatement, SqlValues } from './sql-statement.js';

/**
 * The current version of a resource. One row always: `saw_position`, the version's columns (null where there is none),
 * `visible`, `bytes` (null unless visible) and `patients`, which name the owners of what stayed hidden. Visible and
 * hidden cost the same work, but for the `linked` of a visible Patient.
 */
export function compileRead(ref: ResourceRef, predicate: Predicate): SqlStatement {
  const context = contextOf(ref, predicate);
  const text = instance(context, ref, {
    which: 'v.current',
    visible: visibleCondition(context, 'v'),
    linked: linkedColumn(context, 'shown'),
  });
  return context.values.statement('read', text);
}

/**
 * One version of a resource; as `compileRead`. An older version is visible only if the current one is too: the
 * stricter of both counts.
 */
export function compileVread(ref: ResourceRef, versionId: string, predicate: Predicate): SqlStatement {
  const context = contextOf(ref, predicate);
  const version = context.values.text(versionId);
  const text = instance(context, ref, {
    which: `v.version_id = ${version}`,
    visible: withCurrent(context),
    linked: `'[]'::json as linked`,
  });
  return context.values.statement('vread', text);
}

/** Version `v` and the current version of its resource are visible. */
export function withCurrent(context: PredicateContext): string {
  return `(${visibleCondition(context, 'v')} and (v.current or exists (
    select 1 from resource_version c
    where c.tenant = v.tenant and c.type = v.type and c.id = v.id and c.current and ${visibleCondition(context, 'c')})))`;
}

/** The context of an instance interaction. */
export function contextOf(ref: ResourceRef, predicate: Predicate): PredicateContext {
  return { values: new SqlValues(), predicate, type: ref.type };
}

/** One version: which it is, when it is visible, and what is linked to it where it is. */
interface Instance {
  readonly which: string;
  readonly visible: string;
  readonly linked: string;
}

function instance(context: PredicateContext, ref: ResourceRef, { which, visible, linked }: Instance): string {
  const { values } = context;
  return `select saw.saw_position, ${versionColumns('v')}, judged.visible,
    case when judged.visible then v.bytes end as bytes, ${patientsColumn(context, 'v')}, links.linked
  from ${sawPosition(context)}
  left join resource_version v on v.tenant = ${tenantOf(context)}
    and v.type = ${values.add(ref.type, 'text', 'type')} and v.id = ${values.text(ref.id)} and ${which}
  left join lateral (select ${visible} as visible offset 0) judged on true
  left join lateral (select ${linked} from (select v.id) shown where judged.visible) links on true`;
}
