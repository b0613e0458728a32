import { loadConfig, nodeFault } from '#config';
import { greeting } from './greeting.js';
import { launch } from './launch.js';
import { runSystem } from './run-system.js';
import { stopSignal } from './stop-signal.js';

/** `npm start`: the whole system on this machine, until a signal stops it. */
async function main(): Promise<void> {
  const fault = nodeFault();
  if (fault !== undefined) {
    complain(fault);
    process.exitCode = 1;
    return;
  }
  const code = await runSystem({
    launch: (signal) => launch({ env: process.env, log: complain, signal }),
    stopping: stopSignal(process.env),
    running: (ready) => process.stdout.write(greeting(ready, dataDir())),
    complain,
  });
  process.exit(code);
}

function dataDir(): string {
  const loaded = loadConfig(process.env);
  return loaded.kind === 'ok' ? loaded.config.DATA_DIR : 'data';
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main();
