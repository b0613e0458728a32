import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
import { bytesOfHex } from '../hex.js';

interface QueuedRow {
  readonly tenant: string;
  readonly key: string;
  readonly recipient: string;
  readonly data: Uint8Array;
  readonly priority: string;
  readonly state: string;
}

const QUEUED: Table<QueuedRow> = {
  name: 'outbox',
  columns: { tenant: 'text', key: 'text', recipient: 'text', data: 'bytea', priority: 'text', state: 'text' },
  conflict: 'on conflict (tenant, key) do nothing',
};

/** Queues transactions to be made; a key that is there is left as it is. */
export async function applyOutbox(
  client: ClientBase,
  tenant: string,
  changes: readonly Omit<Extract<RowChange, { kind: 'outbox' }>, 'kind'>[],
): Promise<void> {
  await insertRows(
    client,
    QUEUED,
    changes.map(({ key, to, data, priority }) => ({
      tenant,
      key,
      recipient: to,
      data: bytesOfHex(data),
      priority,
      state: 'queued',
    })),
  );
}
