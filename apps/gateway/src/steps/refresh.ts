import type { ReadInteraction, Refreshed, Subjected } from '../exchange.js';
import { go, type Advance } from '../line.js';
import type { Parts } from '../parts.js';
import { decisionOf } from './decide.js';

/**
 * Brings the named person's types up to date, where a first look at the rules permits. A source that is down makes the
 * answer partial, not an error.
 */
export async function refresh<I extends ReadInteraction>(
  state: Subjected<I>,
  parts: Parts,
): Promise<Advance<Refreshed<I>>> {
  if (state.interaction.kind !== 'search-type' || state.named.length !== 1)
    return go({ ...state, unreachable: [] });
  const first = await decisionOf(state, parts);
  if (first.kind === 'refusal') return go({ ...state, unreachable: [] });
  const unreachable = await parts.refresh(
    state.named.map(({ patient }) => patient),
    [state.interaction.type],
    AbortSignal.timeout(parts.limits.refreshMs),
  );
  return go({ ...state, unreachable });
}
