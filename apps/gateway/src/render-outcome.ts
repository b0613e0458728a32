import { GatewayError, outcomeOfError } from '#outcome';
import type { Rendered } from './exchange.js';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** The OperationOutcome of an error as an answer. The same code gives the same bytes, whatever was hidden. */
export function renderOutcome(error: unknown): Rendered {
  const { status, outcome } = outcomeOfError(error);
  const retryAfterS = error instanceof GatewayError ? error.retryAfterS : undefined;
  const retry = retryAfterS ?? (status === 503 || status === 429 ? 1 : undefined);
  return {
    status,
    headers: {
      'content-type': FHIR_JSON,
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="proviso"' } : {}),
      ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
    },
    body: Buffer.from(JSON.stringify(outcome), 'utf8'),
  };
}
