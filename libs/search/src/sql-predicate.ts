import { isImplied, UNKNOWN } from '#consent';
import { DIRECTORY_TYPES } from '#fhir';
import { type PredicateContext, tenantOf } from './sql-context.js';
import { isHerself, ownRules } from './sql-own.js';
import { scopeCondition } from './sql-scopes.js';
import { ruleReach, targetsCondition } from './sql-targets.js';

type Effect = 'permit' | 'deny';

const CONSENT_RULES = 'consent_rule';

/**
 * The condition under which version `v` (an alias of `resource_version`) is visible: its type and content fit a scope
 * term, every patient of it has a person who permits and does not deny, and of a Provenance the targets are visible too.
 *
 * The rules of a person are found by person alone; whatever narrows them is a filter on a handful of rows. `offset 0`
 * keeps them looked up for each person: joined, a tenant's denies may be gone through for every resource.
 */
export function visibleCondition(context: PredicateContext, v: string): string {
  const patients = patientsCondition(context, v);
  const targets = targetsCondition(
    context,
    v,
    (ofTarget, t) => `coalesce(${patientsCondition(ofTarget, t)}, false)`,
  );
  return `(${scopeCondition(context, v)} and coalesce(${patients}, ${nobodys(context)}) and ${targets})`;
}

/** Whether every patient of a version has a person who permits and does not deny; null where it has no patient. */
function patientsCondition(context: PredicateContext, v: string): string {
  const tenant = tenantOf(context);
  return `(select bool_and(exists (
      select 1 from person_link pl
      where pl.tenant = ${tenant} and pl.patient = vp.patient and pl.until_time is null
        and ${personPermits(context, v)}
        and not ${personDenies(context, v)}))
    from version_patient vp
    where vp.tenant = ${tenant} and vp.type = ${v}.type and vp.id = ${v}.id and vp.version_id = ${v}.version_id)`;
}

/** What is nobody's data: the directory, under a scope of its own. */
function nobodys({ predicate, type }: PredicateContext): string {
  return predicate.directory && DIRECTORY_TYPES.includes(type) ? 'true' : 'false';
}

/** Of a person's own access her policy permits, and it alone. */
function personPermits(context: PredicateContext, v: string): string {
  const { own } = context.predicate;
  const rules = own === undefined ? CONSENT_RULES : ownRules(context, own);
  const permitted = `exists (select 1 from ${rules} r where ${ofPerson(context, 'r')} and ${permits(context, 'r', v)} offset 0)`;
  return own === undefined ? permitted : `${isHerself(context, own, 'pl')} and ${permitted}`;
}

function personDenies(context: PredicateContext, v: string): string {
  const { own } = context.predicate;
  const consented = deniedBy(context, CONSENT_RULES, v);
  return own === undefined ? consented : `(${consented} or ${deniedBy(context, ownRules(context, own), v)})`;
}

/** A matching exception of any Consent, or the base of a deny grant from which no matching exception excepts. */
function deniedBy(context: PredicateContext, rules: string, v: string): string {
  return `exists (select 1 from ${rules} r where ${ofPerson(context, 'r')} and ${denies(context, 'r', v)}
    and (r.ordinal > 0 or r.kind = 'deny' and not exists (
      select 1 from ${rules} e
      where e.tenant = ${tenantOf(context)} and e.consent = r.consent and e.ordinal > 0 and ${permits(context, 'e', v)})) offset 0)`;
}

function ofPerson(context: PredicateContext, r: string): string {
  return `${r}.tenant = ${tenantOf(context)} and ${r}.person = pl.person`;
}

/** A permit counts from the projection that was decided on, and unless it was revoked since. */
function permits(context: PredicateContext, r: string, v: string): string {
  const { lo, hi } = nowOf(context);
  const position = context.values.add(context.predicate.asOf.position, 'bigint', 'position');
  return [
    `${r}.effect = 'permit' and ${r}.until_position is null and ${r}.from_position <= ${position}`,
    `${r}.valid_from <= ${lo} and ${hi} < ${r}.valid_to`,
    ...criteria(context, r, v, 'permit'),
    `(${r}.data_from is null or ${v}.time_known and ${r}.data_from <= ${v}.time_lo and ${v}.time_hi <= ${r}.data_to)`,
  ].join(' and ');
}

/** A deny counts as soon as it is anywhere, a deny grant before it is on chain. */
function denies(context: PredicateContext, r: string, v: string): string {
  const { lo, hi } = nowOf(context);
  return [
    `${r}.effect = 'deny' and ${r}.until_position is null and (${r}.from_position is not null or ${r}.kind = 'deny')`,
    `${r}.valid_from <= ${hi} and ${lo} < ${r}.valid_to`,
    ...criteria(context, r, v, 'deny'),
    `(${r}.data_from is null or not ${v}.time_known or ${v}.time_lo < ${r}.data_to and ${r}.data_from < ${v}.time_hi)`,
  ].join(' and ');
}

function nowOf({ values, predicate }: PredicateContext): { readonly lo: string; readonly hi: string } {
  return { lo: values.time(predicate.now.lo, 'lo'), hi: values.time(predicate.now.hi, 'hi') };
}

function criteria(context: PredicateContext, r: string, v: string, effect: Effect): readonly string[] {
  const { values, predicate } = context;
  const { classes, instances } = ruleReach(context, { rule: r, version: v, effect });
  const one = (column: string, fact: string): string =>
    `(${r}.${column} is null or ${fact} = any(${r}.${column}))`;
  const many = (column: string): string => {
    const unknown = effect === 'deny' ? ` or '${UNKNOWN}' = any(${v}.${column})` : '';
    return `(${r}.${column} is null or ${r}.${column} && ${v}.${column}${unknown})`;
  };
  const purpose = values.add(predicate.purpose, 'text', 'purpose');
  const action = values.add(predicate.action, 'text', 'action');
  const named = `${r}.actors && ${values.add(predicate.actors, 'text[]', 'actors')}`;
  // what she keeps from others does not concern herself
  const toOthers = effect === 'deny' && predicate.own !== undefined;
  return [
    toOthers ? `coalesce(${named}, false)` : `(${r}.actors is null or ${named})`,
    ...(effect === 'deny' && predicate.purpose === UNKNOWN ? [] : [one('purposes', purpose)]),
    effect === 'deny' || isImplied(predicate.action)
      ? one('actions', action)
      : `${action} = any(${r}.actions)`,
    `(${r}.classes is null or ${classes})`,
    many('codes'),
    many('labels'),
    `(${r}.instances is null or ${instances})`,
    many('related'),
    many('authors'),
  ];
}
