import type { ProjectionState, ProjectionStore } from '#consent';

const KEPT_MS = 100;

/**
 * The projection's state for decisions, read at most ten times a second: a permit that was just mined waits that long. A
 * revocation does not wait, since the query itself looks at what is revoked.
 */
export function projectionView(
  store: ProjectionStore,
  nowMs: () => number = () => performance.now(),
): () => Promise<ProjectionState | undefined> {
  let kept: { readonly untilMs: number; readonly state: Promise<ProjectionState | undefined> } | undefined;
  return () => {
    if (kept !== undefined && nowMs() < kept.untilMs) return kept.state;
    const state = store.state();
    kept = { untilMs: nowMs() + KEPT_MS, state };
    state.catch(() => {
      kept = undefined;
    });
    return state;
  };
}
