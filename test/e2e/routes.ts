import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { loadConfig } from '#config';
import { createFastify, createLogger, createMetrics, logOutput } from '#http';
import { NodeModule, type Answering } from '../../apps/standalone/src/node/node.module.js';

/** Routes are registered without asking their parts for anything; at the end, streams of notices are closed. */
const ANSWERING = z
  .custom<Answering>()
  .parse({ gateway: { notices: { close: () => undefined } }, audit: {} });

/** A route as the router has it. */
export interface Route {
  readonly method: string;
  /** With `:names` and `*`. */
  readonly url: string;
}

/** All routes of a node, from its own modules. What is mounted beside the router, such as /oauth, is not among them. */
export async function routesOfNode(): Promise<readonly Route[]> {
  const loaded = loadConfig({});
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  const metrics = createMetrics();
  const fastify = createFastify({
    config: loaded.config,
    log: createLogger('silent', logOutput({ metrics })),
    metrics,
  });
  const routes: Route[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, url });
  });
  const module = NodeModule.of(ANSWERING, [], metrics);
  const app = await NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(fastify), {
    bodyParser: false,
    logger: false,
  });
  await app.init();
  await app.close();
  return routes;
}
