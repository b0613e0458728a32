import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '#outcome';

const TYPES = [
  'application/fhir+json',
  'application/json',
  'application/json-patch+json',
  'application/x-www-form-urlencoded',
];
const FHIR_VERSIONS = ['4.0', '4.0.1'];

/**
 * Takes FHIR JSON, JSON, JSON Patch and forms as the exact bytes that came; whoever handles the route reads them strictly. Everything
 * else is `unsupported-media`: another charset or FHIR version would be read as what it is not.
 */
export function addBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(TYPES, { parseAs: 'buffer' }, (request, body, done) => {
    const fault = faultOf(request);
    if (fault === undefined) done(null, body);
    else done(fault, undefined);
  });
}

function faultOf(request: FastifyRequest): GatewayError | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return new GatewayError('unsupported-media');
  const [, ...parameters] = (request.headers['content-type'] ?? '').split(';');
  return parameters.every(isKnown) ? undefined : new GatewayError('unsupported-media');
}

function isKnown(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=').map((part) => part.trim().toLowerCase());
  const bare = value.replace(/^"(.*)"$/, '$1');
  if (name === 'charset') return bare === 'utf-8' || bare === 'utf8';
  if (name === 'fhirversion') return FHIR_VERSIONS.includes(bare);
  return true;
}
