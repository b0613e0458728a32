import type { ScopeTerm } from '#consent';
import { parseSearch } from '#fhir';
import { isGranular } from '#search';
import { covers, type ResourceScope } from '#smart';
import type { DataInteraction, Identified, Scoped } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

/** Whether the token's scopes cover the interaction. Those that do are a union, and become part of the predicate. */
export async function scope<I extends DataInteraction>(
  state: Identified<I>,
  parts: Parts,
): Promise<Advance<Scoped<I>>> {
  const type = typeOf(state.interaction);
  const terms = covers(state.principal.scopes, state.interaction.kind, type)
    .map((each) => termOf(each, type, parts))
    .filter(({ criteria }) => criteria.every(isGranular));
  if (terms.length === 0) return { kind: 'refuse', code: 'scope-insufficient', at: state };
  return go({ ...state, terms });
}

/** The resource type that an interaction is about. */
export function typeOf(interaction: DataInteraction): string {
  return interaction.kind === 'search-type' ? interaction.type : interaction.ref.type;
}

/** A scope with its granular parameters as search criteria on the type at hand. */
function termOf(covering: ResourceScope, type: string, parts: Parts): ScopeTerm {
  const { criteria } = parseSearch(type, covering.params, { ...parts.limits.pages, lenient: false });
  return { type, criteria };
}
