import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadConfig, loadKeyring, nodeFault, type Config, type Keyring } from '#config';
import { createFastify, createLogger, createMetrics, logOutput, nestLogger, OutcomeFilter } from '#http';
import { addressesOf } from './node/addresses.js';
import { composeNode } from './node/compose.js';
import { NodeModule } from './node/node.module.js';

/** The node process: gateway, ledger and ingest in one, over a database and a chain that are given. */
async function main(): Promise<void> {
  const fault = nodeFault();
  if (fault !== undefined) throw new Error(fault);
  process.once('disconnect', orphaned);
  const { config, keyring } = settings();
  const metrics = createMetrics();
  const log = createLogger(config.LOG_LEVEL, logOutput({ metrics }));
  const addresses = await addressesOf(config);
  const node = await composeNode({ config, keyring, addresses, log, metrics });
  const fastify = createFastify({
    config,
    log,
    metrics,
    mounts: [
      { path: '/oauth', handle: (request, response) => node.authorization.callback(request, response) },
    ],
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    NodeModule.of(node.parts, node.probes, metrics),
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
  process.off('disconnect', orphaned);
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(event, stop);
  const { fhirBase, tokenUrl } = addresses;
  process.stdout.write(`${JSON.stringify({ ready: true, fhirBase, tokenUrl, mllp, pid: process.pid })}\n`);
}

/** The supervisor died while this process was starting: nobody would stop it later. */
function orphaned(): never {
  process.exit(1);
}

function settings(): { config: Config; keyring: Keyring } {
  const loaded = loadConfig(process.env);
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  const keys = loadKeyring(loaded.config);
  if (keys.kind === 'faults') throw new Error(keys.faults.join('\n'));
  return { config: loaded.config, keyring: keys.keyring };
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
