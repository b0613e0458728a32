import { PROVENANCE, UNKNOWN } from '#consent';
import { type PredicateContext, tenantOf } from './sql-context.js';

/** How a rule's classes and instances meet a version. */
export interface RuleReach {
  readonly classes: string;
  readonly instances: string;
}

/** What a rule must say of a version's type and id. A Provenance is reached as its targets are: see `targetsCondition`. */
export function ruleReach(
  { type }: PredicateContext,
  { rule: r, version: v, effect }: { rule: string; version: string; effect: 'permit' | 'deny' },
): RuleReach {
  const own = `(${v}.type || '/' || ${v}.id)`;
  if (type !== PROVENANCE) {
    return { classes: `${v}.type = any(${r}.classes)`, instances: `${own} = any(${r}.instances)` };
  }
  const ofRule = `${typeOf('t')} = any(${r}.classes)`;
  if (effect === 'permit') {
    return {
      classes: `${v}.type = any(${r}.classes) and not exists (
        select from unnest(${v}.targets) t where not ${ofRule})`,
      instances: `${v}.targets <@ ${r}.instances`,
    };
  }
  const unknown = `'${UNKNOWN}' = any(${v}.targets)`;
  return {
    classes: `(${v}.type = any(${r}.classes) or ${unknown}
      or exists (select from unnest(${v}.targets) t where ${ofRule}))`,
    instances: `(${own} = any(${r}.instances) or ${unknown} or ${v}.targets && ${r}.instances)`,
  };
}

/**
 * Whether each target of a Provenance is known, of a type that the scopes cover whole, and visible as it is now: an older
 * version is no more visible than the current one, nor is what tells of it. Anything else passes.
 *
 * @param visible the condition that the patients of a version permit it, by its alias
 */
export function targetsCondition(
  context: PredicateContext,
  v: string,
  visible: (context: PredicateContext, v: string) => string,
): string {
  if (context.type !== PROVENANCE) return 'true';
  const current = `exists (select from resource_version tv
    where tv.tenant = ${tenantOf(context)} and tv.type = ${typeOf('t')} and tv.id = split_part(t, '/', 2) and tv.current
      and ${visible({ ...context, type: '' }, 'tv')})`;
  return `(${v}.targets <> '{}' and not exists (
    select from unnest(${v}.targets) t
    where ${typeOf('t')} = '${PROVENANCE}' or not ${inScope(context)} or not ${current}))`;
}

function inScope({ values, predicate }: PredicateContext): string {
  const whole = predicate.scopes.filter(({ criteria }) => criteria.length === 0).map(({ type }) => type);
  return whole.includes('*') ? 'true' : `${typeOf('t')} = any(${values.add(whole, 'text[]', 'whole')})`;
}

function typeOf(target: string): string {
  return `split_part(${target}, '/', 1)`;
}
