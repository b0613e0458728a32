import type { Predicate } from '#consent';
import type { SqlValues } from './sql-statement.js';

/** What a part of a statement is written for. */
export interface PredicateContext {
  readonly values: SqlValues;
  readonly predicate: Predicate;
  /** The type that is asked for. */
  readonly type: string;
  /**
   * Candidates are few already: a criterion is looked up for each of them. Left to itself the planner may begin with all
   * resources of a code, since it takes the columns of an index for independent.
   */
  readonly isLed?: boolean;
}

/** The placeholder of the tenant, which every part of every statement asks for. */
export function tenantOf({ values, predicate }: PredicateContext): string {
  return values.add(predicate.tenant, 'text', 'tenant');
}
