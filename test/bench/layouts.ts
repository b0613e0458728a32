import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayKeyOf } from '#config';
import { toBase64 } from '#digest';
import { rawPublicKey } from '#provenance';
import { Child } from '../../apps/standalone/src/child.js';
import { mllpSchema, type ReadyFile } from '../../apps/standalone/src/ready.js';
import { freePort } from '../e2e/free-port.js';
import { replicaEnv, type ReplicaSpec } from '../e2e/replica-env.js';
import type { System } from './children.js';

const SCRIPT = fileURLToPath(new URL('../../apps/standalone/src/node.main.js', import.meta.url));
const READY_MS = 60_000;
const log = (line: string): void => void process.stderr.write(`${line}\n`);

/** The product's node processes over one database: one that does everything, or two gateways and one for all else. */
export const LAYOUTS = {
  one: [{ name: 'bench-one', roles: ['gateway', 'ledger', 'ingest', 'audit'] }],
  two: [
    { name: 'bench-a', roles: ['gateway'] },
    { name: 'bench-b', roles: ['gateway'] },
    { name: 'bench-l', roles: ['ledger', 'ingest', 'audit'] },
  ],
} as const satisfies Readonly<Record<string, readonly ReplicaSpec[]>>;
/** The name of a layout. */
export type Layout = keyof typeof LAYOUTS;

/** Processes of the product that answer. */
export interface Processes {
  /** Of each gateway: `http://host:port`. */
  readonly origins: readonly string[];
  /** Of every process. */
  readonly pids: readonly number[];
  /** As clients know them: all by the address of the first gateway. */
  readonly ready: ReadyFile;
  stop(): Promise<void>;
}

/** Starts the processes of a layout over the database and the chain of a system; each has a name and a key of its own. */
export async function startLayout(
  system: System,
  layout: Layout,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Processes> {
  const folder = system.nodeEnv['DATA_DIR'] ?? '.';
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const children = LAYOUTS[layout].map((spec, at) => {
    trust(folder, spec.name);
    return childOf(spec, {
      ...env,
      ...system.nodeEnv,
      ...replicaEnv(spec, folder),
      PUBLIC_URL: origin,
      PORT: at === 0 ? String(port) : '0',
    });
  });
  const said = await Promise.all(children.map((child) => child.start()));
  const gateways = LAYOUTS[layout].filter(({ roles }) => roles.some((role) => role === 'gateway')).length;
  const mllp = said.map((each) => mllpSchema.safeParse(each['mllp']).data).find((each) => each !== undefined);
  return {
    origins: said.slice(0, gateways).map((each) => `http://127.0.0.1:${Number(each['port'])}`),
    pids: children.map(({ pid = 0 }) => pid),
    ready: {
      ...system.ready,
      ...(mllp === undefined ? {} : { mllp }),
      fhirBase: `${origin}/fhir/R4`,
      tokenUrl: `${origin}/oauth/token`,
    },
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()));
    },
  };
}

function childOf({ name }: ReplicaSpec, env: Readonly<Record<string, string | undefined>>): Child {
  return new Child({ name, script: SCRIPT, env: () => env, restart: false, readyMs: READY_MS, log });
}

/** Adds a process to the policy, as whoever runs it would. */
function trust(folder: string, name: string): void {
  const file = join(folder, 'policy.txt');
  const line = `gateway ${name} ${toBase64(rawPublicKey(gatewayKeyOf({ DATA_DIR: folder }, name).publicKey))}`;
  if (!readFileSync(file, 'utf8').split('\n').includes(line)) appendFileSync(file, `${line}\n`);
}
