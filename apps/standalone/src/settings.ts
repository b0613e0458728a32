import { loadConfig, loadKeyring, nodeFault, type Config, type Keyring } from '#config';

/** Settings and keys of a process, read once at its start. */
export interface Settings {
  readonly config: Config;
  readonly keyring: Keyring;
}

/** Reads settings and keys of the environment. Throws one error with all faults, a line each. */
export function settingsOf(env: Readonly<Record<string, string | undefined>>): Settings {
  const fault = nodeFault();
  if (fault !== undefined) throw new Error(fault);
  const loaded = loadConfig(env);
  if (loaded.kind === 'faults') throw new Error(loaded.faults.join('\n'));
  const keys = loadKeyring(loaded.config);
  if (keys.kind === 'faults') throw new Error(keys.faults.join('\n'));
  return { config: loaded.config, keyring: keys.keyring };
}
