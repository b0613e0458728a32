import { GatewayError } from '#outcome';
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
/** Classes of SQLSTATE after which another attempt needs another server or session; 57014 is a cancelled statement. */
const LOST_CLASSES = new Set(['08', '53', '57', '58']);
const QUERY_CANCELED = '57014';
const SQLSTATE = /^[0-9A-Z]{5}$/;

/** Classifies what was thrown while the transaction was open; not for COMMIT, whose failures are all `lost`. */
export function classifyFailure(cause: unknown, connected: boolean): FailureKind {
  if (cause instanceof LogStopped) return 'stop';
  if (!connected) return 'lost';
  const code = cause instanceof GatewayError ? undefined : errorCode(cause);
  if (code === undefined || !SQLSTATE.test(code) || code === QUERY_CANCELED) return 'item';
  if (AGAIN.has(code)) return 'again';
  return LOST_CLASSES.has(code.slice(0, 2)) ? 'lost' : 'item';
}

/** What callers are told of a database that does not answer, or of a log that was stopped. */
export function unavailable(cause: unknown): GatewayError {
  if (cause instanceof LogStopped) return cause;
  return new GatewayError('seal-unavailable', { details: 'log-database', retryAfterS: 1, cause });
}
