import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerSealed, incomingOf } from '#http';
import type { Parts } from '../parts.js';
import { serveTrail, type TrailOperation } from './serve-trail.js';

/** Answers a request about accesses to records. */
export async function answerTrail(
  operation: TrailOperation,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parts: Parts,
): Promise<void> {
  const incoming = incomingOf(request, new URL(parts.fhirBase).pathname, parts.clock());
  await answerSealed(reply, parts, () => serveTrail(operation, incoming, parts));
}
