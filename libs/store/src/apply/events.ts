import type { ClientBase } from 'pg';
import type { RowChange } from '../change.js';
import { insertRows, type Table } from '../insert-rows.js';
import type { ApplyContext } from './apply-context.js';

const EVENTS: Table<{ tenant: string; type: string; id: string; event_time: number }> = {
  name: 'resource_event',
  columns: { tenant: 'text', type: 'text', id: 'text', event_time: 'timestamptz' },
  conflict: `on conflict (tenant, type, id) do update
    set event_time = greatest(resource_event.event_time, excluded.event_time)`,
};

/** Notes when the newest news of resources happened; a time never goes back. Sorted: two writers cannot wait in a ring. */
export async function applyEvents(
  client: ClientBase,
  { tenant }: ApplyContext,
  changes: readonly Extract<RowChange, { kind: 'event' }>[],
): Promise<void> {
  const newest = new Map<string, (typeof changes)[number]>();
  for (const change of changes) {
    const key = `${change.type}/${change.id}`;
    if (change.eventMs > (newest.get(key)?.eventMs ?? -Infinity)) newest.set(key, change);
  }
  const sorted = [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await insertRows(
    client,
    EVENTS,
    sorted.map(([, { type, id, eventMs }]) => ({ tenant, type, id, event_time: eventMs })),
  );
}
