import type { ScopeTerm } from '#consent';
import { criterionCondition } from './sql-criteria.js';
import type { PredicateContext } from './sql-context.js';

/**
 * Whether a version fits one of the scope terms, each with all its granular criteria: an exact union. Index rows are
 * those of the current version, so that an older one fits no granular term.
 */
export function scopeCondition(context: PredicateContext, v: string): string {
  const terms = context.predicate.scopes.filter((term) => term.type === '*' || term.type === context.type);
  if (terms.some((term) => term.criteria.length === 0)) return 'true';
  if (terms.length === 0) return 'false';
  return `(${terms.map((term) => `(${v}.current and ${termCondition(context, term, v)})`).join(' or ')})`;
}

function termCondition(context: PredicateContext, term: ScopeTerm, v: string): string {
  return term.criteria.map((criterion) => criterionCondition(context, criterion, v)).join(' and ');
}
