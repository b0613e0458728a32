import { mkdirSync } from 'node:fs';
import { loadConfig } from '#config';
import { bindPeople } from './bind-people.js';
import { trialClients, writeRegistrations } from './clients.js';
import { takeDataDir } from './data-lock.js';
import { patientApps } from './patient-apps.js';
import { trialPeople } from './people.js';
import { removeReady, writeReady, type ReadyFile } from './ready.js';
import { Supervisor, type Running } from './supervisor.js';

/** A system that answers. */
export interface Launched {
  readonly supervisor: Supervisor;
  readonly running: Running;
  readonly ready: ReadyFile;
  /** Stops all of it: `ready.json` goes first, the data folder is free at last. */
  readonly stop: () => Promise<void>;
}

/** Settings that are wrong, all of them. */
export class ConfigFaults extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** A start that was given up because its signal said so; all that ran is stopped. */
export class GivenUp extends Error {
  constructor(cause: unknown) {
    super('The start was given up.', { cause });
  }
}

/** How a system is launched. */
export interface LaunchOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  /** Gives the start up; what runs already is stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the system with the settings of the environment, registers the trial clients, binds the synthetic people to
 * subjects, and writes `ready.json` when everything answers. Throws `ConfigFaults`, and `GivenUp` where it was told to stop.
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  const loaded = loadConfig(options.env);
  if (loaded.kind === 'faults') throw new ConfigFaults(loaded.faults);
  const { config } = loaded;
  mkdirSync(config.DATA_DIR, { recursive: true, mode: 0o755 });
  const lock = takeDataDir(config.DATA_DIR);
  if (lock.kind === 'taken') {
    const owner = `process ${lock.pid} already runs with ${config.DATA_DIR}`;
    throw new ConfigFaults([`DATA_DIR: ${owner}; stop it, or name another folder`]);
  }
  removeReady(config.DATA_DIR);
  const clients = trialClients(config.DATA_DIR);
  // a line per answer would bury what a newcomer is to read
  const own = { CLIENTS_FILE: writeRegistrations(config.DATA_DIR, clients), LOG_LEVEL: 'warn' };
  const env = { ...own, ...options.env };
  const supervisor = new Supervisor({ config, env, log: options.log });
  const stop = async () => {
    removeReady(config.DATA_DIR);
    await supervisor.stop();
    lock.release();
  };
  const giveUp = () => void supervisor.stop();
  options.signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return { supervisor, ...(await begin(supervisor, config.DATA_DIR, clients, options.signal)), stop };
  } catch (error) {
    await stop();
    throw options.signal?.aborted === true ? new GivenUp(error) : error;
  } finally {
    options.signal?.removeEventListener('abort', giveUp);
  }
}

async function begin(
  supervisor: Supervisor,
  dataDir: string,
  clients: ReadyFile['clients'],
  signal: AbortSignal | undefined,
): Promise<{ readonly running: Running; readonly ready: ReadyFile }> {
  const startedAt = new Date().toISOString();
  const running = await supervisor.start();
  const registrar = clients.find(({ id }) => id === 'registrar');
  const people =
    registrar === undefined ? [] : await bindPeople(dataDir, running, registrar, trialPeople(dataDir));
  const administrator = clients.find(({ id }) => id === 'administrator');
  const apps = administrator === undefined ? [] : await patientApps(dataDir, running, administrator, people);
  signal?.throwIfAborted();
  const { fhirBase, tokenUrl, log } = running;
  const { rpcUrl, id, contracts } = running.chain;
  const chain = { rpcUrl, id, contracts };
  const answers = { fhirBase, tokenUrl, ...(running.mllp === undefined ? {} : { mllp: running.mllp }) };
  const ready = {
    ...answers,
    chain,
    log,
    people,
    clients: [...clients, ...apps],
    pid: process.pid,
    startedAt,
  };
  writeReady(dataDir, ready);
  return { running, ready };
}
