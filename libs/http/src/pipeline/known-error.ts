import { GatewayError } from '#outcome';
import type { PipelineParts } from './pipeline-parts.js';

/**
 * Whatever stopped a request as an error of the table. A database that is away is no fault of ours: nothing can be sealed
 * without it, so that the answer is the one of an answer that cannot be sealed. Where only a statement took too long there is
 * a seal as ever.
 */
export function knownError(
  error: unknown,
  { storageFault }: Pick<PipelineParts<never>, 'storageFault'>,
): GatewayError {
  if (error instanceof GatewayError) return error;
  const fault = storageFault(error);
  switch (fault) {
    case 'lost':
      return new GatewayError('seal-unavailable', { retryAfterS: 1, cause: error });
    case 'cancelled':
      return new GatewayError('overloaded', { retryAfterS: 1, cause: error });
    case undefined:
      return new GatewayError('internal', { cause: error });
    default:
      return fault satisfies never;
  }
}
