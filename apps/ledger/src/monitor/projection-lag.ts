import type { ProjectionState, ProjectionStore } from '#consent';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** The projection was in contact with its node within the bound above which third parties are refused. */
export function judgeLag(
  state: ProjectionState | undefined,
  nowMs: number,
  stalenessMs: number,
): readonly MonitorFinding[] {
  if (state === undefined || nowMs - state.contactMs <= stalenessMs) return [];
  return [{ kind: 'projection-behind', block: state.at.number }];
}

/** Looks how old the consent projection is. */
export function projectionLagCheck(
  projection: Pick<ProjectionStore, 'state'>,
  stalenessMs: number,
  clock: () => number,
): Check {
  return {
    name: 'projection-lag',
    look: async () => judgeLag(await projection.state(), clock(), stalenessMs),
  };
}
