import { GatewayError, type ErrorCode } from '#outcome';

/** Statuses that the HTTP server and the router refuse requests with, as codes of the error table. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'malformed',
  404: 'not-found',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'malformed',
  413: 'too-large',
  414: 'too-large',
  415: 'unsupported-media',
  429: 'too-many-requests',
  431: 'too-large',
};

/**
 * Any thrown value as an error of the table. Refusals of Fastify and Nest keep their meaning; whatever else was thrown is
 * `internal`, its own status and text notwithstanding.
 */
export function gatewayErrorOf(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const status = refusalStatus(error);
  if (status === undefined || status >= 500 || status < 400)
    return new GatewayError('internal', { cause: error });
  return new GatewayError(CODE_OF_STATUS[status] ?? 'malformed', { cause: error });
}

/** The status of an error that the framework made; nothing for others, which may bear statuses of their own meaning. */
function refusalStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('getStatus' in error && typeof error.getStatus === 'function') return numberOf(error.getStatus());
  const isFastify = 'code' in error && typeof error.code === 'string' && error.code.startsWith('FST_ERR_');
  return isFastify && 'statusCode' in error ? numberOf(error.statusCode) : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
