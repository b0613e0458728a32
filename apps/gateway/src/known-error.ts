import { GatewayError } from '#outcome';
import { isDatabaseLost, isStatementCancelled } from '#store';

/**
 * Whatever stopped a request as an error of the table. A database that is away is no fault of ours: nothing can be sealed
 * without it, so that the answer is the one of an answer that cannot be sealed. Where only a statement took too long there is
 * a seal as ever.
 */
export function knownError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (isDatabaseLost(error)) return new GatewayError('seal-unavailable', { retryAfterS: 1, cause: error });
  if (isStatementCancelled(error)) return new GatewayError('overloaded', { retryAfterS: 1, cause: error });
  return new GatewayError('internal', { cause: error });
}
