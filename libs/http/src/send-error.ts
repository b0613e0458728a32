import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import { renderError } from './render-error.js';

/** Sends an error. Failures of ours are logged, what a client got wrong is not. */
export function sendError(reply: FastifyReply, error: unknown, log: Logger): void {
  const { status, headers, body } = renderError(error);
  if (status >= 500) log.error({ id: reply.request.id, err: error }, 'failed');
  if (reply.raw.headersSent) {
    // half an answer cannot be taken back; cutting it off is the only honest sign
    reply.raw.destroy();
    return;
  }
  void reply.code(status).headers(headers).send(body);
}
