import type { FastifyReply } from 'fastify';
import { GatewayError } from '#outcome';
import { renderError } from '../render-error.js';
import type { PipelineParts } from './pipeline-parts.js';
import { respond, respondStream, respondUnsealed } from './respond.js';
import type { Served, ServedStream } from './served.js';

/** Sends what was sealed; a request that could not be sealed gets the constant 503. */
export async function answerSealed(
  reply: FastifyReply,
  parts: Pick<PipelineParts<never>, 'incident' | 'unidentified'>,
  serving: () => Promise<Served | ServedStream>,
): Promise<void> {
  try {
    answer(reply, parts, await serving());
  } catch (error) {
    parts.incident('seal-unavailable', { cause: String(error) });
    const code =
      error instanceof GatewayError && error.code === 'overloaded' ? 'overloaded' : 'seal-unavailable';
    respondUnsealed(reply, 'unidentified', renderError(new GatewayError(code, { retryAfterS: 1 })));
  }
}

function answer(
  reply: FastifyReply,
  parts: Pick<PipelineParts<never>, 'unidentified'>,
  served: Served | ServedStream,
): void {
  switch (served.kind) {
    case 'sealed':
      respond(reply, served.sealed);
      return;
    case 'stream':
      respondStream(reply, served.opening, served.stream);
      return;
    case 'unidentified':
      parts.unidentified(served.code);
      respondUnsealed(reply, 'unidentified', served.answer);
      return;
    default:
      served satisfies never;
  }
}
