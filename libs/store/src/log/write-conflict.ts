import { GatewayError } from '#outcome';
import { errorCode } from './error-code.js';

const UNIQUE_VIOLATION = '23505';
/** What a caller did that somebody else had done: a record id, a resource's first version, a patient's link. */
const CONFLICTS: ReadonlyMap<unknown, string> = new Map([
  ['log_leaf_record', 'record-id'],
  ['resource_current', 'resource'],
  ['person_link_now', 'link'],
  ['keyed_write_key', 'idempotency-key'],
  ['keyed_write_pkey', 'idempotency-key'],
]);

/** The cause, as `version-conflict` where that is what it was. */
export function writeConflict(cause: unknown): unknown {
  const constraint =
    typeof cause === 'object' && cause !== null && 'constraint' in cause ? cause.constraint : undefined;
  const details = CONFLICTS.get(constraint);
  if (errorCode(cause) !== UNIQUE_VIOLATION || details === undefined) return cause;
  return new GatewayError('version-conflict', { details, cause });
}
