import type { FastifyRequest } from 'fastify';

/** The names of the path, with the members of the body, or of the query of a GET. A name of the path wins. */
export function inputOf(request: FastifyRequest, parseBody: (body: Uint8Array) => unknown): unknown {
  const named: unknown = request.params;
  if (request.method === 'GET') return merged(request.query, named);
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return named;
  return merged(parseBody(request.body), named);
}

function merged(given: unknown, named: unknown): unknown {
  return isMembers(given) && isMembers(named) ? { ...given, ...named } : given;
}

function isMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
