import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseStrict } from '#digest';
import { capabilityStatement, FHIR_JSON } from '#fhir';
import { answerSealed, incomingOf, inputOf, operate, respondUnsealed, type Rendered } from '#http';
import type { Operation } from './operation.js';
import type { Parts } from './parts.js';
import { serve } from './serve.js';

/** Answers a request to the FHIR API. */
export async function answerFhir(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<void> {
  const incoming = incomingOf(request, new URL(parts.fhirBase).pathname, parts.clock());
  if (incoming.path === '/metadata' && isReading(request)) {
    respondUnsealed(reply, 'capabilities', metadata(parts));
    return;
  }
  await answerSealed(reply, parts, () => serve(incoming, parts));
}

/** Answers a request to one of Proviso's own operations; its input is the path's names and the JSON body, or a GET's query. */
export async function answerOperation<Input>(
  operation: Operation<Input>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parts: Parts,
): Promise<void> {
  const incoming = incomingOf(request, '', parts.clock());
  await answerSealed(reply, parts, () =>
    operate(operation, incoming, () => inputOf(request, parseStrict), parts),
  );
}

function metadata(parts: Parts): Rendered {
  const statement = capabilityStatement(parts.capabilities);
  return {
    status: 200,
    headers: { 'content-type': `${FHIR_JSON}; charset=utf-8` },
    body: Buffer.from(JSON.stringify(statement), 'utf8'),
  };
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}
