import type { Interaction } from '#fhir';
import type { Decided, Found } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

type History = Extract<Interaction, { kind: 'history-instance' }>;

/** The visible versions of one resource, newest first; else the owners of what stayed hidden. */
export async function queryHistory(state: Decided<History>, parts: Parts): Promise<Advance<Found<History>>> {
  const page = await parts.resources.history(state.permit, state.interaction.ref, state.interaction.search);
  return go({ ...state, ...page });
}
