import type { FastifyRequest } from 'fastify';
import type { Incoming } from './exchange.js';

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
    requestId: request.id,
    receivedMs,
  };
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value;
}
