import type { DataInteraction, Identified } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

/** Whether the client has room for one more open request. Throws `too-many-requests`. */
export async function admit<I extends DataInteraction>(
  state: Identified<I>,
  parts: Parts,
): Promise<Advance<Identified<I>>> {
  parts.admission.enter(state.principal.client, state.request);
  return go(state);
}
