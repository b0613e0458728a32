import type { FastifyRequest } from 'fastify';

/** A request as the pipeline takes it: read once, never changed. */
export interface Incoming {
  readonly method: string;
  /** Path below the base, beginning with `/`, without query. */
  readonly path: string;
  /** Query as received, without the question mark. */
  readonly query: string;
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly accept: string | undefined;
  readonly prefer: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifMatch?: string | undefined;
  readonly ifNoneExist?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly receivedMs: number;
}

/** A Fastify request as the pipeline takes it. `base` is the prefix that is cut off its path. */
export function incomingOf(request: FastifyRequest, base: string, receivedMs: number): Incoming {
  const [path = '', ...query] = request.url.split('?');
  const { headers } = request;
  return {
    method: request.method,
    path: path.slice(base.length),
    query: query.join('?'),
    body: Buffer.isBuffer(request.body) ? request.body : new Uint8Array(),
    contentType: headers['content-type'],
    authorization: headers.authorization,
    accept: headers.accept,
    prefer: single(headers['prefer']),
    ifNoneMatch: headers['if-none-match'],
    ifMatch: headers['if-match'],
    ifNoneExist: single(headers['if-none-exist']),
    idempotencyKey: single(headers['idempotency-key']),
    requestId: request.id,
    receivedMs,
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
