import { judge, type RuleSet } from '#consent';
import type { DecidedOn, Identified } from './exchange.js';
import { judgedOf, type Judgeable } from './judged-of.js';
import type { Parts } from './parts.js';
import { termsFor } from './steps/scope.js';

/** Whether a writer may read a version. It is not implied by writing: not even one's own words come back without it. */
export function isReadable(
  state: Identified & DecidedOn,
  version: Judgeable,
  held: ReadonlyMap<string, RuleSet>,
  parts: Pick<Parts, 'limits'>,
): boolean {
  const scopes = termsFor(state, 'read', parts);
  return judge(judgedOf(version), held, { ...state.permit.predicate, action: 'access', scopes }).visible;
}
