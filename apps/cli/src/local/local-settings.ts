import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_FILES, loadConfig, loadKeyring, type Config, type Keyring } from '#config';
import { CommandError, EXIT } from '../exit.js';
import { ownerFault } from './owner-fault.js';

/** Variables of the environment, as the gateway is given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings and keys of a gateway that is down. */
export interface LocalSettings {
  readonly config: Config;
  readonly keyring: Keyring;
}

/** Reads settings and keys as the gateway would, but makes none: a command that made keys would speak for nobody. */
export function localSettings(dataDir: string, environment: Environment): LocalSettings {
  const loaded = loadConfig({ ...environment, DATA_DIR: dataDir });
  if (loaded.kind === 'faults') throw new CommandError(loaded.faults.join('; '), EXIT.usage);
  const { config } = loaded;
  const missing = Object.values(KEY_FILES).filter(
    ({ file, setting }) => !isGiven(config, setting) && !existsSync(join(dataDir, 'keys', file)),
  );
  if (missing.length > 0) {
    const names = missing.map(({ file }) => file).join(', ');
    throw new CommandError(
      `No gateway answers, and ${join(dataDir, 'keys')} lacks ${names}; name --data.`,
      EXIT.usage,
    );
  }
  const foreign = ownerFault(dataDir);
  if (foreign !== undefined) throw new CommandError(foreign, EXIT.usage);
  const keys = loadKeyring(config);
  if (keys.kind === 'faults') throw new CommandError(keys.faults.join('; '), EXIT.usage);
  return { config, keyring: keys.keyring };
}

function isGiven(config: Config, setting: string): boolean {
  return Object.entries(config).some(([name, value]) => name === setting && value !== undefined);
}
