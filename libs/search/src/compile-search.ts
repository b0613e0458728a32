import type { Predicate } from '#consent';
import { DIRECTORY_TYPES, type Criterion, type SearchRequest } from '#fhir';
import { linkedColumn } from './sql-linked.js';
import { patientsColumn, sawPosition, versionColumns } from './sql-columns.js';
import { criterionCondition, leadingCondition } from './sql-criteria.js';
import { type PredicateContext, tenantOf } from './sql-context.js';
import { isHerself } from './sql-own.js';
import { visibleCondition } from './sql-predicate.js';
import { afterCondition, orderBy, sortKeys } from './sql-sort.js';
import { type SqlStatement, SqlValues } from './sql-statement.js';

/** Whoever has a row with this actor in `consent_rule_actor` permits to everybody. */
const ANYONE = '*';

/** Which page of a search. */
export interface SearchPage {
  /** `sort_keys` of the last row of the page before. */
  readonly after: readonly string[] | undefined;
}

/**
 * A page of a search: the visible matches in order, one more row than `count` where there is another page. At least one
 * row always: `id` is null where there is no match. `sort_keys` of a row leads on from it.
 *
 * Candidates are sorted before the predicate is asked, so that it is asked only until the page is full. A search that
 * names a patient starts from her resources, one that names none from the people who have a rule for the caller.
 *
 * @throws GatewayError `unsupported-parameter` or `invalid-value` for what the index cannot answer.
 */
export function compileSearch(request: SearchRequest, predicate: Predicate, page: SearchPage): SqlStatement {
  const context: PredicateContext = { values: new SqlValues(), predicate, type: request.type };
  const { values } = context;
  const candidates = candidateCondition(context, request);
  const keys = sortKeys(context, request.sort);
  const columns = keys.map((key, index) => `${key.expression} as k${index + 1}`).join(', ');
  const after = page.after === undefined ? 'true' : afterCondition(context, keys, page.after);
  const cursor = keys.map((_, index) => `v.k${index + 1}::text`).join(', ');
  const text = `select saw.saw_position, ${versionColumns('v')}, v.bytes, ${patientsColumn(context, 'v')},
    ${linkedColumn(context, 'v')}, array[${cursor}] as sort_keys
  from ${sawPosition(context)}
  left join lateral (
    select v.* from (
      select s.* from (select v.*, ${columns} from resource_version v where ${candidates}) s
      where ${after} order by ${orderBy(keys, 's')} offset 0) v
    where ${visibleCondition(context, 'v')}
    order by ${orderBy(keys, 'v')} limit ${values.add(request.count + 1, 'int')}) v on true
  order by ${orderBy(keys, 'v')}`;
  return values.statement('search', text);
}

/** How many matches are visible: `total`, and `saw_position`. */
export function compileCount(request: SearchRequest, predicate: Predicate): SqlStatement {
  const context: PredicateContext = { values: new SqlValues(), predicate, type: request.type };
  const text = `select saw.saw_position, (
    select count(*) from (
      select v.* from resource_version v where ${candidateCondition(context, request)} offset 0) v
    where ${visibleCondition(context, 'v')})::int as total
  from ${sawPosition(context)}`;
  return context.values.statement('count', text);
}

function candidateCondition(context: PredicateContext, request: SearchRequest): string {
  const type = context.values.add(request.type, 'text', 'type');
  return [
    `v.tenant = ${tenantOf(context)} and v.type = ${type} and v.current and not v.deleted`,
    ...criteriaConditions(context, request.criteria),
    ...(startsFromPanel(request) ? [panelCondition(context, type)] : []),
  ].join(' and ');
}

/** All criteria. The first that names whose record is asked for leads, if there is one. */
function criteriaConditions(context: PredicateContext, criteria: readonly Criterion[]): readonly string[] {
  for (const [at, criterion] of criteria.entries()) {
    const leading = leadingCondition(context, criterion, 'v');
    if (leading === undefined) continue;
    const led = { ...context, isLed: true };
    return [leading, ...criteria.toSpliced(at, 1).map((each) => criterionCondition(led, each, 'v'))];
  }
  return criteria.map((criterion) => criterionCondition(context, criterion, 'v'));
}

function startsFromPanel(request: SearchRequest): boolean {
  const named =
    request.patients.length > 0 || request.criteria.some((criterion) => criterion.param === '_id');
  return !named && !DIRECTORY_TYPES.includes(request.type);
}

/**
 * Resources of people who have a permitting rule for one of the actors, or of the person who asks herself: a necessary
 * condition of being visible.
 */
function panelCondition(context: PredicateContext, type: string): string {
  const tenant = tenantOf(context);
  const { own } = context.predicate;
  if (own !== undefined) {
    return `v.id in (
    select vp.id from person_link pl
    join version_patient vp on vp.tenant = pl.tenant and vp.patient = pl.patient
    where pl.tenant = ${tenant} and pl.until_time is null and ${isHerself(context, own, 'pl')} and vp.type = ${type})`;
  }
  // One placeholder each: of an array the planner assumes ten, and then plans anew at each execution.
  const actors = [...context.predicate.actors, ANYONE].map((actor) => context.values.text(actor)).join(', ');
  return `v.id in (
    select vp.id from consent_rule_actor ra
    join person_link pl on pl.tenant = ra.tenant and pl.person = ra.person and pl.until_time is null
    join version_patient vp on vp.tenant = pl.tenant and vp.patient = pl.patient
    where ra.tenant = ${tenant} and ra.actor in (${actors}) and vp.type = ${type})`;
}
