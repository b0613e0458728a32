import type { Interaction } from '#fhir';
import type { Decided, Found } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { foundOne } from './found-one.js';

type Read = Extract<Interaction, { kind: 'read' }>;

/** The current version, where it is visible; else the owners of what stayed hidden. One statement for either. */
export async function queryRead(state: Decided<Read>, parts: Parts): Promise<Advance<Found<Read>>> {
  return go({ ...state, ...foundOne(await parts.resources.read(state.permit, state.interaction.ref)) });
}
