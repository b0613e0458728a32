import type { Interaction } from '#fhir';
import type { Decided, Found } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

type Search = Extract<Interaction, { kind: 'search-type' }>;

/** A page of the visible matches. */
export async function querySearch(state: Decided<Search>, parts: Parts): Promise<Advance<Found<Search>>> {
  const page = await parts.resources.search(state.permit, state.interaction.search);
  return go({ ...state, ...page, owners: { persons: [] } });
}
