import { agedFrom, type AgeBy, type ProjectionStore } from '#consent';
import type { Check } from './check.js';

/** Looks how old the consent projection is: younger than the bound above which third parties are refused. */
export function projectionLagCheck(
  projection: Pick<ProjectionStore, 'state'>,
  settings: { readonly stalenessMs: number; readonly ageBy: AgeBy; readonly clock: () => number },
): Check {
  const { stalenessMs, ageBy, clock } = settings;
  return {
    name: 'projection-lag',
    look: async () => {
      const state = await projection.state();
      if (state === undefined || clock() - agedFrom(state, ageBy) <= stalenessMs) return [];
      return [{ kind: 'projection-behind', block: state.at.number }];
    },
  };
}
