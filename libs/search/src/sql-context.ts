import type { Predicate } from '#consent';
import type { SqlValues } from './sql-statement.js';

/** What a part of a statement is written for. */
export interface PredicateContext {
  readonly values: SqlValues;
  readonly predicate: Predicate;
  /** The type that is asked for. */
  readonly type: string;
}

/** The placeholder of the tenant, which every part of every statement asks for. */
export function tenantOf({ values, predicate }: PredicateContext): string {
  return values.add(predicate.tenant, 'text', 'tenant');
}
