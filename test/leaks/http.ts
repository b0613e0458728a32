import fastify, { type FastifyInstance } from 'fastify';
import { answerFhir } from '../../apps/gateway/src/answer.js';
import type { Parts } from '../../apps/gateway/src/parts.js';

/** The FHIR API over HTTP, with nothing before it. */
export function httpOf(parts: () => Parts): FastifyInstance {
  const http = fastify();
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  http.all('/fhir/R4/*', (request, reply) => answerFhir(request, reply, parts()));
  return http;
}
