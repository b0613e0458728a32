import { outcomeOfError, type GatewayError } from '#outcome';
import { gatewayErrorOf } from './gateway-error-of.js';

/** An answer, ready to be sent. */
export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Seconds that a client waits where the error does not say. */
const RETRY_AFTER_S = 1;

/** The one rendering of errors: an OperationOutcome with the headers that its status demands. */
export function renderError(error: unknown): RenderedError {
  const known = gatewayErrorOf(error);
  const { status, outcome } = outcomeOfError(known);
  return { status, headers: headersOf(known), body: Buffer.from(JSON.stringify(outcome), 'utf8') };
}

function headersOf(error: GatewayError): Record<string, string> {
  const challenge = challengeOf(error);
  const retry = error.retryAfterS ?? ([429, 503].includes(error.status) ? RETRY_AFTER_S : undefined);
  return {
    'content-type': 'application/fhir+json; charset=utf-8',
    ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function challengeOf(error: GatewayError): string | undefined {
  if (error.code === 'token-expired') return 'Bearer realm="proviso", error="invalid_token"';
  if (error.code === 'scope-insufficient') return 'Bearer realm="proviso", error="insufficient_scope"';
  return error.status === 401 ? 'Bearer realm="proviso"' : undefined;
}
