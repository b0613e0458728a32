import type { DataInteraction, Identified, Recognised } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';

/** Who asks: the bearer token becomes a principal. Throws `login-required` or `token-expired`. */
export async function identify<I extends DataInteraction>(
  state: Recognised<I>,
  parts: Parts,
): Promise<Advance<Identified<I>>> {
  return go({ ...state, principal: await parts.authenticate(state.request.authorization) });
}
