import type { Interaction } from '#fhir';
import type { Decided, Found } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { foundOne } from './found-one.js';

type Vread = Extract<Interaction, { kind: 'vread' }>;

/** One version: visible only if both it and the current one are. */
export async function queryVread(state: Decided<Vread>, parts: Parts): Promise<Advance<Found<Vread>>> {
  const { ref, versionId } = state.interaction;
  return go({ ...state, ...foundOne(await parts.resources.vread(state.permit, ref, versionId)) });
}
