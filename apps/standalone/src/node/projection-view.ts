import type { ProjectionState, ProjectionStore } from '#consent';
import { keptFor } from './kept-for.js';

const KEPT_MS = 100;

/**
 * What decisions rest on, read at most ten times a second: the projection's state, and with it the newest time that any
 * replica sealed. A permit that was just mined waits that long. A revocation does not wait, since the query itself looks
 * at what is revoked.
 */
export function projectionView(
  store: Pick<ProjectionStore, 'state'>,
  time: { readonly look: () => Promise<void> },
): () => Promise<ProjectionState | undefined> {
  return keptFor(KEPT_MS, async () => {
    const [state] = await Promise.all([store.state(), time.look()]);
    return state;
  });
}
