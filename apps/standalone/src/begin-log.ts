import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { registerFirstClients } from './node/access.js';
import { addressesOf } from './node/addresses.js';
import { passGates } from './node/pass-gates.js';
import type { Settings } from './settings.js';

/** Opens the log through its gates, as a node does, registers the first clients in it, and closes it. */
export async function beginLog({ config, keyring }: Settings, log: Logger): Promise<void> {
  const addresses = await addressesOf(config);
  const opened = await passGates({ config, keyring, addresses, log, metrics: new Registry() }, Date.now);
  try {
    await registerFirstClients(config.CLIENTS_FILE, opened.stores.tokens, opened.sealed.log);
  } finally {
    await opened.close();
  }
}
