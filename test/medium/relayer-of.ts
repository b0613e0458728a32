import { addressOf, asHex } from '#chain';
import { loadConfig } from '#config';
import type { Hex } from '#consent';
import { keyringOf } from '../../apps/standalone/src/chain-part.js';

/** The account that pays for a system, of the keys that it makes at its first start. */
export function relayerOf(dataDir: string): Hex {
  const loaded = loadConfig({ DATA_DIR: dataDir });
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  return addressOf(asHex(keyringOf(loaded.config).relayer, 32));
}
