import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import { insertRows } from '../insert-rows.js';
import { LATCHES, type LatchRow } from '../projection/chain-row.js';
import { lockCheckpoint, nextPosition } from '../projection/checkpoint.js';
import { restand } from '../projection/restand.js';
import type { ApplyContext, Recorded } from './apply-context.js';

/**
 * Makes revocations and denies effective at once.
 * @returns the persons whose rules changed.
 */
export async function applyLatches(
  client: ClientBase,
  context: ApplyContext,
  changes: readonly Recorded<Omit<Extract<RowChange, { kind: 'latch' }>, 'kind'>>[],
): Promise<readonly string[]> {
  if (changes.length === 0) {
    return [];
  }
  const checkpoint = await lockCheckpoint(client, context.tenant);
  await insertRows(
    client,
    LATCHES,
    changes.map((change) => latchRow(context, change)),
  );
  return restand(
    client,
    context,
    changes.map(({ subject }) => subject),
    { confirmed: checkpoint?.confirmed ?? -1n, position: await nextPosition(client, context.tenant) },
  );
}

function latchRow(
  context: ApplyContext,
  change: Recorded<Omit<Extract<RowChange, { kind: 'latch' }>, 'kind'>>,
): LatchRow {
  const row = {
    tenant: context.tenant,
    subject: change.subject,
    grant_id: change.grantId,
    kind: change.latch,
    version: change.version,
    epoch: 0n,
    record_id: change.recordId,
    seen: change.atMs,
  };
  return { ...row, mac: context.mac.of('latch', row) };
}
