import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { applyEvents } from './events.js';
import { applyVersions } from './versions.js';

/**
 * Writes versions, and when the newest news of resources happened.
 * @throws `version-conflict` as `applyVersions` does
 */
export async function applyResources(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Extract<RowChange, { kind: 'version' | 'event' }>>[],
): Promise<void> {
  await applyVersions(
    client,
    context,
    changes.filter((change) => change.kind === 'version'),
  );
  await applyEvents(
    client,
    context,
    changes.filter((change) => change.kind === 'event'),
  );
}
