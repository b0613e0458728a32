import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseStrict } from '#digest';
import { answerSealed, incomingOf, inputOf, operate } from '#http';
import type { Operation } from './operation.js';
import type { Parts } from './parts.js';

/** Answers a request of an auditor; its input is the path's names and the query. */
export async function answer<Input>(
  operation: Operation<Input>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parts: Parts,
): Promise<void> {
  const incoming = incomingOf(request, '', parts.clock());
  await answerSealed(reply, parts, () =>
    operate(operation, incoming, () => inputOf(request, parseStrict), parts),
  );
}
