import { mkdirSync } from 'node:fs';
import { loadConfig } from '#config';
import { bindPeople } from './bind-people.js';
import { trialClients, writeRegistrations } from './clients.js';
import { trialPeople } from './people.js';
import { removeReady, writeReady, type ReadyFile } from './ready.js';
import { Supervisor, type Running } from './supervisor.js';

/** A system that answers. */
export interface Launched {
  readonly supervisor: Supervisor;
  readonly running: Running;
  readonly ready: ReadyFile;
}

/** Settings that are wrong, all of them. */
export class ConfigFaults extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/**
 * Starts the system with the settings of `env`, registers the trial clients, binds the synthetic people to subjects, and
 * writes `ready.json` when everything answers. Throws `ConfigFaults`.
 */
export async function launch(
  env: Readonly<Record<string, string | undefined>>,
  log: (line: string) => void,
): Promise<Launched> {
  const loaded = loadConfig(env);
  if (loaded.kind === 'faults') throw new ConfigFaults(loaded.faults);
  const { config } = loaded;
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o755 });
  removeReady(config.DATA_DIR);
  const startedAt = new Date().toISOString();
  const clients = trialClients(config.DATA_DIR);
  const registrations = writeRegistrations(config.DATA_DIR, clients);
  const supervisor = new Supervisor({ config, env: { CLIENTS_FILE: registrations, ...env }, log });
  try {
    const running = await supervisor.start();
    const registrar = clients.find(({ id }) => id === 'registrar');
    const people =
      registrar === undefined
        ? []
        : await bindPeople(config.DATA_DIR, running, registrar, trialPeople(config.DATA_DIR));
    const ready: ReadyFile = {
      fhirBase: running.fhirBase,
      tokenUrl: running.tokenUrl,
      chain: { rpcUrl: running.chain.rpcUrl, id: running.chain.id, contracts: running.chain.contracts },
      log: running.log,
      people,
      clients,
      pid: process.pid,
      startedAt,
    };
    writeReady(config.DATA_DIR, ready);
    return { supervisor, running, ready };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}
