import { parseArgs } from 'node:util';
import { createLogger, createMetrics, logOutput } from '#http';
import { setUp } from './set-up.js';
import { settingsOf } from './settings.js';

/** Sets up, once, what the processes of one system share: `docs/replicas.md`. Run again it changes nothing. */
async function main(): Promise<void> {
  for (const event of ['SIGINT', 'SIGTERM'] as const) process.once(event, () => process.exit(1));
  const { values } = parseArgs({
    options: {
      gateway: { type: 'string', multiple: true, default: [] },
      'trial-clients': { type: 'boolean', default: false },
    },
  });
  const settings = settingsOf(process.env);
  const log = createLogger(settings.config.LOG_LEVEL, logOutput({ metrics: createMetrics() }));
  const wish = { gateways: values.gateway, trialClients: values['trial-clients'] };
  process.stdout.write(`${JSON.stringify(await setUp(settings, wish, log))}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
