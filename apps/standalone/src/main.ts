import { loadConfig } from '#config';
import { greeting } from './greeting.js';
import { ConfigFaults, launch } from './launch.js';
import { removeReady } from './ready.js';

const NODE_MAJOR = 24;

/** `npm start`: the whole system on this machine, until a signal stops it. */
async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
    fail([`Proviso needs Node ${NODE_MAJOR}; this is ${process.versions.node}. Start it with npm start.`]);
    return;
  }
  try {
    const { supervisor, ready } = await launch(process.env, (line) => void process.stderr.write(`${line}\n`));
    process.stdout.write(greeting(ready, dataDir()));
    const stop = () => {
      removeReady(dataDir());
      void supervisor.stop().then(() => process.exit(0));
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  } catch (error) {
    fail(
      error instanceof ConfigFaults ? error.faults : [error instanceof Error ? error.message : String(error)],
    );
  }
}

function dataDir(): string {
  const loaded = loadConfig(process.env);
  return loaded.kind === 'ok' ? loaded.config.DATA_DIR : 'data';
}

function fail(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

await main();
