import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { GatewayError } from '#outcome';
import { isFromThisMachine } from './is-from-this-machine.js';

/** The figures, as text; throws `not-found` for everybody who is not on this machine. */
export async function answerMetrics(
  registry: Registry,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<string> {
  if (!isFromThisMachine(request.raw)) throw new GatewayError('not-found');
  reply.type(registry.contentType);
  return registry.metrics();
}
