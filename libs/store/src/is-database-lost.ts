import { errorCode } from './log/error-code.js';

/** Classes of SQLSTATE: connection, resources, operator (stopping, starting, cancelled), system. */
const SQLSTATE_LOST = /^(08|53|57|58)[0-9A-Z]{3}$/;
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
  if (code !== undefined) return SYSTEM_LOST.has(code) || SQLSTATE_LOST.test(code);
  return error instanceof Error && DRIVER_LOST.test(error.message);
}
