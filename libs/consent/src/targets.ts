import type { ScopeTerm } from './request.js';
import { type Facts, UNKNOWN } from './rule.js';

/** The type whose resources are no more visible than what they tell the origin of. */
export const PROVENANCE = 'Provenance';

/** The types that a rule must speak of: a resource's own, and those of its targets. */
export function classesOf({ type, targets }: Facts): readonly string[] {
  // Asked for each rule and row; nothing but a Provenance has targets.
  return targets.length === 0 ? [type] : [...new Set([type, ...targets.map(typeOf)])];
}

/** What a permit for single resources must name: the targets, else the resource itself. */
export function instancesToPermit({ type, id, targets }: Facts): readonly string[] {
  return targets.length > 0 ? targets : [`${type}/${id}`];
}

/** What a deny of single resources may name: the resource itself or a target. */
export function instancesToDeny({ type, id, targets }: Facts): readonly string[] {
  return [`${type}/${id}`, ...targets];
}

/**
 * Whether it is known what a Provenance is about, and each of it is of a type that the scopes cover whole. A granular scope
 * of a target's type covers none of its Provenance, which would tell of resources that the scope leaves out. Nothing else
 * has targets, and passes.
 */
export function fitsTargets({ type, targets }: Facts, scopes: readonly ScopeTerm[]): boolean {
  if (type !== PROVENANCE) return true;
  const types = targets.map(typeOf);
  const known = types.length > 0 && !targets.includes(UNKNOWN) && !types.includes(PROVENANCE);
  const whole = scopes.filter(({ criteria }) => criteria.length === 0).map((term) => term.type);
  return known && (whole.includes('*') || types.every((one) => whole.includes(one)));
}

function typeOf(target: string): string {
  const [type = ''] = target.split('/');
  return type;
}
