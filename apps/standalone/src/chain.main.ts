import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChain } from './chain-part.js';
import { settingsOf } from './settings.js';
import { stopSignal } from './stop-signal.js';

/**
 * The development chain in a process of its own, with the contracts deployed and the accounts of the keys in `DATA_DIR`
 * funded. `DATA_DIR/chain.env` has the settings that pin it; it appears when the chain answers.
 */
async function main(): Promise<void> {
  const stopping = stopSignal({});
  const { config, keyring } = settingsOf(process.env);
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o755 });
  const chain = await startChain(config, keyring);
  const file = join(config.DATA_DIR, 'chain.env');
  const lines = Object.entries(chain.env).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(`${file}.next`, lines.join(''));
  renameSync(`${file}.next`, file);
  process.stdout.write(`${JSON.stringify({ ready: true, rpcUrl: chain.rpcUrl, pid: process.pid })}\n`);
  if (!stopping.aborted) await new Promise((resolve) => stopping.addEventListener('abort', resolve));
  await chain.stop();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
