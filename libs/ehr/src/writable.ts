import { isSourceWritePermit, type SourceWritePermit } from '#consent';
import { GatewayError } from '#outcome';
import type { Source, SourceChange } from './source.js';

/** @throws GatewayError `internal` unless the permit is one for this write at this source, now, and the source takes it. */
export function demandWritable(
  source: Pick<Source, 'id' | 'writes'>,
  permit: SourceWritePermit,
  { type, method, id }: SourceChange,
  nowMs: number,
): void {
  const action = method === 'create' ? 'collect' : 'correct';
  const isPermitted =
    isSourceWritePermit(permit) &&
    permit.source === source.id &&
    permit.action === action &&
    nowMs < permit.expiresMs;
  if (!isPermitted) throw new GatewayError('internal', { details: `${source.id}: permit for another write` });
  if (!source.writes(type, method) || (method === 'create') !== (id === undefined)) {
    throw new GatewayError('internal', { details: `${source.id}: takes no such write` });
  }
}
