/**
 * A node as the product composes it, with parts left out where the benchmark says so. Nothing of the product can start it.
 * It answers the parent's messages: loads people, appends to the log, profiles itself.
 */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig, loadKeyring } from '#config';
import { createFastify, createLogger, createMetrics, logOutput, nestLogger, OutcomeFilter } from '#http';
import { addressesOf } from '../../apps/standalone/src/node/addresses.js';
import { composeNode } from '../../apps/standalone/src/node/compose.js';
import { NodeModule } from '../../apps/standalone/src/node/node.module.js';
import { appendRate } from './append-rate.js';
import type { NodeReply, NodeRequest } from './node-messages.js';
import { addPeople } from './people.js';
import { Profiler } from './profiler.js';
import { isVariant, partsOf } from './variants.js';

// oxlint-disable-next-line node/no-process-env -- a main
const { env } = process;
const loaded = loadConfig(env);
if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
const { config } = loaded;
const keys = loadKeyring(config);
if (keys.kind === 'faults') throw new Error(keys.faults.join('\n'));
const variant = env['BENCH_VARIANT'] ?? 'all';
if (!isVariant(variant)) throw new Error(`no variant ${variant}`);

const { keyring } = keys;
const metrics = createMetrics();
const log = createLogger(config.LOG_LEVEL, logOutput({ metrics }));
const addresses = await addressesOf(config);
const node = await composeNode({ config, keyring, addresses, log, metrics });
const gateway = mustBe(node.gateway);
const parts = partsOf(variant, gateway.parts, { config, keyring });
const fastify = createFastify({
  config,
  log,
  metrics,
  mounts: [
    { path: '/oauth', handle: (request, response) => gateway.authorization.callback(request, response) },
  ],
});
const app = await NestFactory.create<NestFastifyApplication>(
  NodeModule.of({ gateway: parts, audit: node.audit }, node.probes, metrics),
  new FastifyAdapter(fastify),
  { bodyParser: false, logger: nestLogger(log) },
);
app.useGlobalFilters(new OutcomeFilter(log));
await app.listen(addresses.port, config.HOST);
await node.start();

const profiler = new Profiler();
process.on('message', (message: NodeRequest) => void answer(message).then((reply) => process.send?.(reply)));
process.once(
  'disconnect',
  () =>
    void app
      .close()
      .then(() => node.stop())
      .then(() => process.exit(0)),
);
const { fhirBase, tokenUrl } = addresses;
process.send?.({ kind: 'ready', fhirBase, tokenUrl, pid: process.pid } satisfies NodeReply);

/** The benchmark asks a gateway: this process has the role. */
function mustBe<T>(given: T | undefined): T {
  if (given === undefined) throw new Error('NODE_ROLES lacks gateway');
  return given;
}

async function answer(request: NodeRequest): Promise<NodeReply> {
  switch (request.kind) {
    case 'add-people':
      return { kind: 'people', people: await addPeople(gateway.parts.log, request) };
    case 'append':
      return { kind: 'appended', ...(await appendRate(gateway.parts.log, request)) };
    case 'profile-start':
      await profiler.start();
      return { kind: 'done' };
    case 'profile-stop':
      return { kind: 'profile', ...(await profiler.stop(request.file)) };
    default:
      return request satisfies never;
  }
}
