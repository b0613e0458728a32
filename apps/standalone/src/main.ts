import { loadConfig, nodeFault } from '#config';
import { greeting } from './greeting.js';
import { ConfigFaults, launch } from './launch.js';
import { stopSignal } from './stop-signal.js';

/** `npm start`: the whole system on this machine, until a signal stops it. */
async function main(): Promise<void> {
  const fault = nodeFault();
  if (fault !== undefined) {
    fail([fault]);
    return;
  }
  const stopping = stopSignal(process.env);
  try {
    const launched = await launch({ env: process.env, log: complain, signal: stopping });
    process.stdout.write(greeting(launched.ready, dataDir()));
    await aborted(stopping);
    await launched.stop();
    process.exit(0);
  } catch (error) {
    if (stopping.aborted) process.exit(0);
    fail(
      error instanceof ConfigFaults ? error.faults : [error instanceof Error ? error.message : String(error)],
    );
    process.exit(1);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function dataDir(): string {
  const loaded = loadConfig(process.env);
  return loaded.kind === 'ok' ? loaded.config.DATA_DIR : 'data';
}

function fail(lines: readonly string[]): void {
  for (const line of lines) complain(line);
  process.exitCode = 1;
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

await main();
