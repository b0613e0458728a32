import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  createFastify,
  createLogger,
  createMetrics,
  logOutput,
  nestLogger,
  OutcomeFilter,
  type Mount,
} from '#http';
import { addressesOf } from './node/addresses.js';
import { composeNode, type ComposedNode } from './node/compose.js';
import { NodeModule } from './node/node.module.js';
import { settingsOf } from './settings.js';

const ENDINGS = ['SIGINT', 'SIGTERM', 'disconnect'] as const;

/** The node process: what `NODE_ROLES` names, over a database and a chain that are given. */
async function main(): Promise<void> {
  // as the first process of a container, too, it must end when it is told so before it answers
  for (const event of ENDINGS) process.once(event, endAtOnce);
  const { config, keyring } = settingsOf(process.env);
  const metrics = createMetrics();
  const log = createLogger(config.LOG_LEVEL, logOutput({ metrics }));
  const addresses = await addressesOf(config);
  const node = await composeNode({ config, keyring, addresses, log, metrics });
  const fastify = createFastify({
    config,
    log,
    metrics,
    mounts: mountsOf(node),
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    NodeModule.of({ gateway: node.gateway?.parts, audit: node.audit }, node.probes, metrics),
    new FastifyAdapter(fastify),
    { bodyParser: false, logger: nestLogger(log) },
  );
  app.useGlobalFilters(new OutcomeFilter(log));
  await app.listen(addresses.port, config.HOST);
  const mllp = await node.start();
  const stop = () => {
    setTimeout(() => process.exit(1), config.SHUTDOWN_TIMEOUT_MS).unref();
    void app
      .close()
      .then(() => node.stop())
      .then(() => process.exit(0));
  };
  for (const event of ENDINGS) process.off(event, endAtOnce).once(event, stop);
  const { fhirBase, tokenUrl, port } = addresses;
  const roles = config.NODE_ROLES;
  const ready = { ready: true, roles, port, fhirBase, tokenUrl, mllp, pid: process.pid };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function mountsOf({ gateway }: ComposedNode): readonly Mount[] {
  if (gateway === undefined) return [];
  const { authorization } = gateway;
  return [{ path: '/oauth', handle: (request, response) => authorization.callback(request, response) }];
}

/** It is told to stop, or its supervisor died, while it was starting: nobody would stop it later. */
function endAtOnce(): never {
  process.exit(1);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
