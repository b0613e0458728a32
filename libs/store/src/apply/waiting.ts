import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import type { ApplyContext, Recorded } from './apply-context.js';
import { applyInbox } from './inbox.js';
import { isKind } from './is-kind.js';
import { beginKeyedWrites, endKeyedWrites } from './keyed-writes.js';
import { applyOutbox } from './outbox.js';

/** What waits for something to become of it: received messages, writes under keys, transactions of the chain. */
export async function applyWaiting(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<RowChange>[],
): Promise<void> {
  await applyInbox(client, context, changes.filter(isKind('inbox')));
  await beginKeyedWrites(client, context, changes.filter(isKind('keyed-write')));
  await endKeyedWrites(client, context, changes.filter(isKind('keyed-write-end')));
  await applyOutbox(client, context.tenant, changes.filter(isKind('outbox')));
}
