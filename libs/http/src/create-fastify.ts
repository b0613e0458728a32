import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '#config';
import { addBodyParsers } from './body-parsers.js';
import { answerClientError } from './client-error.js';
import { timeRequests } from './metrics.js';
import { requestIdOf } from './request-id.js';
import { securityHeaders } from './security-headers.js';
import { sendError } from './send-error.js';

/** What a server is made of. */
export interface HttpOptions {
  readonly config: Pick<
    Config,
    | 'BODY_LIMIT_BYTES'
    | 'HEADER_LIMIT_BYTES'
    | 'CONNECTIONS_MAX'
    | 'HEADERS_TIMEOUT_MS'
    | 'REQUEST_TIMEOUT_MS'
    | 'KEEP_ALIVE_TIMEOUT_MS'
    | 'PUBLIC_URL'
  >;
  readonly log: Logger;
  readonly metrics: Registry;
  /** Handlers of their own under a path, such as the authorization server: they get the raw request, body unread. */
  readonly mounts?: readonly Mount[];
}

/** A handler under a path. */
export interface Mount {
  /** Such as `/oauth`; covers everything below it. */
  readonly path: string;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** How often connections are looked at for being too slow. */
const CHECK_EVERY_MS = 500;

/**
 * A Fastify server with our limits, ids, headers, parsers and errors. Give it to Nest's adapter with `bodyParser: false`,
 * and add `OutcomeFilter` as global filter.
 */
export function createFastify(options: HttpOptions): FastifyInstance {
  const { config, log } = options;
  const fastify = Fastify({
    bodyLimit: config.BODY_LIMIT_BYTES,
    requestTimeout: config.REQUEST_TIMEOUT_MS,
    keepAliveTimeout: config.KEEP_ALIVE_TIMEOUT_MS,
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: (request) => requestIdOf(request.headers['x-request-id']),
    http: {
      maxHeaderSize: config.HEADER_LIMIT_BYTES,
      headersTimeout: config.HEADERS_TIMEOUT_MS,
      requestTimeout: config.REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    },
    frameworkErrors: (error, _request, reply) => sendError(reply, error, log),
    clientErrorHandler: answerClientError,
  });
  fastify.server.maxConnections = config.CONNECTIONS_MAX;
  addBodyParsers(fastify);
  addHeaders(fastify, securityHeaders(config.PUBLIC_URL));
  timeRequests(fastify, options.metrics);
  logRequests(fastify, log);
  for (const mount of options.mounts ?? []) addMount(fastify, mount, log);
  return fastify;
}

function addHeaders(fastify: FastifyInstance, headers: Readonly<Record<string, string>>): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // on the raw response, so that mounted handlers send them too
    for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
    reply.raw.setHeader('x-request-id', request.id);
    done();
  });
}

/** One line per answer; a path or query is never in it. */
function logRequests(fastify: FastifyInstance, log: Logger): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    log.info(
      {
        id: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'answered',
    );
    done();
  });
}

function addMount(fastify: FastifyInstance, mount: Mount, log: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const path = (request.raw.url ?? '').split('?')[0] ?? '';
    if (path !== mount.path && !path.startsWith(`${mount.path}/`)) {
      done();
      return;
    }
    reply.hijack();
    mount.handle(request.raw, reply.raw).catch((error: unknown) => {
      log.error({ id: request.id, err: error }, 'a mounted handler failed');
      reply.raw.destroy();
    });
  });
}
