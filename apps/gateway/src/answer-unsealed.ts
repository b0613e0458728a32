import type { FastifyReply } from 'fastify';
import { renderError } from '#http';
import type { Rendered } from './exchange.js';
import { knownError } from './known-error.js';
import type { Parts } from './parts.js';
import { reportFailure } from './report-failure.js';
import { respondUnsealed, type UnsealedRoute } from './respond.js';

/** Answers a request whose answer is constant, public or about nobody. */
export async function answerUnsealed(
  route: UnsealedRoute,
  reply: FastifyReply,
  parts: Parts,
  render: (parts: Parts) => Promise<Rendered> | Rendered,
): Promise<void> {
  try {
    respondUnsealed(reply, route, await render(parts));
  } catch (error) {
    reportFailure(error, reply.request.id, parts);
    respondUnsealed(reply, route, renderError(knownError(error)));
  }
}
