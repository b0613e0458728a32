import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseStrict } from '#digest';
import { capabilityStatement, FHIR_JSON } from '#fhir';
import { renderError } from '#http';
import { GatewayError } from '#outcome';
import type { Rendered, Served } from './exchange.js';
import { incomingOf } from './incoming.js';
import { operate, type Operation } from './operation.js';
import type { Parts } from './parts.js';
import { respond, respondUnsealed } from './respond.js';
import { serve } from './serve.js';

/** Answers a request to the FHIR API. */
export async function answerFhir(request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<void> {
  const incoming = incomingOf(request, new URL(parts.fhirBase).pathname, parts.clock());
  if (incoming.path === '/metadata' && isReading(request)) {
    respondUnsealed(reply, 'capabilities', metadata(parts));
    return;
  }
  await send(reply, parts, () => serve(incoming, parts));
}

/** Answers a request to one of Proviso's own operations; its input is the path's names and the JSON body, or a GET's query. */
export async function answerOperation<Input>(
  operation: Operation<Input>,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  parts: Parts,
): Promise<void> {
  const incoming = incomingOf(request, '', parts.clock());
  await send(reply, parts, () => operate(operation, incoming, () => inputOf(request), parts));
}

/** Sends what was sealed; a request that could not be sealed gets the constant 503. */
async function send(reply: FastifyReply, parts: Parts, serving: () => Promise<Served>): Promise<void> {
  try {
    const served = await serving();
    if (served.kind === 'sealed') {
      respond(reply, served.sealed);
      return;
    }
    parts.unidentified(served.code);
    respondUnsealed(reply, 'unidentified', served.answer);
  } catch (error) {
    parts.incident('seal-unavailable', { cause: String(error) });
    const code =
      error instanceof GatewayError && error.code === 'overloaded' ? 'overloaded' : 'seal-unavailable';
    respondUnsealed(reply, 'unidentified', renderError(new GatewayError(code, { retryAfterS: 1 })));
  }
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

/** The names of the path, with the members of the body, or of the query of a GET. A name of the path wins. */
function inputOf(request: FastifyRequest): unknown {
  const named: unknown = request.params;
  if (request.method === 'GET') return merged(request.query, named);
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return named;
  return merged(parseStrict(request.body), named);
}

function merged(given: unknown, named: unknown): unknown {
  return isMembers(given) && isMembers(named) ? { ...given, ...named } : given;
}

function isMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
