import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerSealed, incomingOf } from '#http';
import type { Parts } from '../parts.js';
import { openNotices } from './open-notices.js';

/** Answers `GET /notices`: a stream, once its opening is sealed. */
export async function answerNotices(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: Parts,
): Promise<void> {
  const incoming = incomingOf(request, '', parts.clock());
  const header = request.headers['last-event-id'];
  const lastEventId = typeof header === 'string' ? header : undefined;
  await answerSealed(reply, parts, () => openNotices(incoming, lastEventId, parts));
}
