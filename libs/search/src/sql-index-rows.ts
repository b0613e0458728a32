import type { SearchParameterKind } from '#fhir';
import { type PredicateContext, tenantOf } from './sql-context.js';
import { storedPlace } from './stored-rows.js';

/** The condition that a row `i` of the index table of a kind is one of a search parameter's. */
export function indexRowsOf(context: PredicateContext, kind: SearchParameterKind, param: string): string {
  const { values, type } = context;
  const { params, target } = storedPlace(type, param);
  const names = params.map((name) => values.add(name, 'text', `param ${name}`));
  const named = names.length === 1 ? `= ${names[0]}` : `in (${names.join(', ')})`;
  const pointing =
    kind !== 'reference' || target === undefined ? '' : ` and i.target_type = ${values.add(target, 'text')}`;
  return `i.tenant = ${tenantOf(context)} and i.type = ${values.add(type, 'text', 'type')} and i.param ${named}${pointing}`;
}
