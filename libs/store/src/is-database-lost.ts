import { errorCode } from './log/error-code.js';

/** Classes of SQLSTATE: connection, resources, operator (stopping, starting), system. */
const SQLSTATE_LOST = /^(08|53|57|58)[0-9A-Z]{3}$/;
/** query_canceled, by the time that a statement may take or by an operator. */
const CANCELLED = '57014';
/** out_of_memory */
const MEMORY = '53200';
const SYSTEM_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
/** What the driver says without a code of its own. */
const DRIVER_LOST =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client (has encountered a connection error|was closed) and is not queryable)/;

/**
 * Whether an error of a query says that the database is away, or too busy to answer: another try may succeed, and nothing
 * is wrong with what was asked.
 */
export function isDatabaseLost(error: unknown): boolean {
  const code = errorCode(error);
  if (code !== undefined) return SYSTEM_LOST.has(code) || isLostState(code);
  return error instanceof Error && DRIVER_LOST.test(error.message);
}

/** Whether an SQLSTATE says so. A statement that was cancelled does not: the database is there. */
export function isLostState(code: string): boolean {
  return code !== CANCELLED && SQLSTATE_LOST.test(code);
}

/** Whether a statement took longer than it may. */
export function isStatementCancelled(error: unknown): boolean {
  return errorCode(error) === CANCELLED;
}

/** Whether a statement needed more than the database had: another try may succeed, or what was asked is too much. */
export function isTooMuch(error: unknown): boolean {
  return isStatementCancelled(error) || errorCode(error) === MEMORY;
}

/** What an error says of the database: away or too busy, or that one statement took too long; `undefined`: something else. */
export function storageFault(error: unknown): 'lost' | 'cancelled' | undefined {
  if (isDatabaseLost(error)) return 'lost';
  return isStatementCancelled(error) ? 'cancelled' : undefined;
}
