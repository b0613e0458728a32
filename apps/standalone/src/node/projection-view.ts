import type { ProjectionState, ProjectionStore } from '#consent';
import { keptFor } from './kept-for.js';

const KEPT_MS = 100;

/**
 * The projection's state for decisions, read at most ten times a second: a permit that was just mined waits that long. A
 * revocation does not wait, since the query itself looks at what is revoked.
 */
export function projectionView(
  store: Pick<ProjectionStore, 'state'>,
): () => Promise<ProjectionState | undefined> {
  return keptFor(KEPT_MS, () => store.state());
}
