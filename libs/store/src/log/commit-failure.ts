import { GatewayError } from '#outcome';
import { isLostState } from '../is-database-lost.js';
import { errorCode } from './error-code.js';
import type { LogIncident } from './log-options.js';

/** The log must not go on: what is stored does not continue what this process saw. */
export class LogStopped extends GatewayError {
  readonly incident: LogIncident;

  constructor(incident: LogIncident) {
    super('seal-unavailable', { details: incident.kind });
    this.incident = incident;
  }
}

/**
 * What a failed transaction says about the next step: `item` one of its items cannot be written; `again` it met
 * another transaction; `lost` the database or our session in it is gone; `stop` the log is not what it was.
 */
export type FailureKind = 'item' | 'again' | 'lost' | 'stop';

/** serialization_failure, deadlock_detected */
const AGAIN = new Set(['40001', '40P01']);
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Classifies what was thrown while the transaction was open; not for COMMIT, whose failures are all `lost`. */
export function classifyFailure(cause: unknown, connected: boolean): FailureKind {
  if (cause instanceof LogStopped) return 'stop';
  if (!connected) return 'lost';
  const code = cause instanceof GatewayError ? undefined : errorCode(cause);
  if (code === undefined || !SQLSTATE.test(code)) return 'item';
  if (AGAIN.has(code)) return 'again';
  return isLostState(code) ? 'lost' : 'item';
}

/** What callers are told of a database that does not answer, or of a log that was stopped. */
export function unavailable(cause: unknown): GatewayError {
  if (cause instanceof LogStopped) return cause;
  return new GatewayError('seal-unavailable', { details: 'log-database', retryAfterS: 1, cause });
}
