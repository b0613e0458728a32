import type { ClientBase } from 'pg';
import type { InboxChange } from '../change.js';
import { moveRows } from '../inbox/move-rows.js';
import type { ApplyContext, Recorded } from './apply-context.js';

/**
 * Notes what messages became. A message that does not wait any more is refused, and with it its whole record: it was
 * converted by somebody else, or discarded.
 */
export async function applyInbox(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<InboxChange>[],
): Promise<void> {
  await moveRows(
    client,
    context,
    changes.map(({ id, state, issues, recordId }) => ({
      id,
      from: ['received'],
      to: state,
      issues,
      recordId,
    })),
  );
}
