import type { FastifyReply } from 'fastify';
import { renderError } from '../render-error.js';
import { knownError } from './known-error.js';
import type { PipelineParts } from './pipeline-parts.js';
import { reportFailure } from './report-failure.js';
import { respondUnsealed, type UnsealedRoute } from './respond.js';
import type { Rendered } from './served.js';

/** Answers a request whose answer is constant, public or about nobody. */
export async function answerUnsealed<Parts extends Pick<PipelineParts<never>, 'incident' | 'storageFault'>>(
  route: UnsealedRoute,
  reply: FastifyReply,
  parts: Parts,
  render: (parts: Parts) => Promise<Rendered> | Rendered,
): Promise<void> {
  try {
    respondUnsealed(reply, route, await render(parts));
  } catch (error) {
    reportFailure(error, reply.request.id, parts);
    respondUnsealed(reply, route, renderError(knownError(error, parts)));
  }
}
