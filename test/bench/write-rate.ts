import { hexOf } from '../../apps/cli/src/registry.js';
import { registered, tokenOf } from './clients.js';
import type { System } from './children.js';
import { grantAll } from './grants.js';
import type { Processes } from './layouts.js';
import { load } from './machine.js';
import { measure, type Measured, type Pace, type Target } from './measure.js';
import { childrenOf, commandOf } from './processes.js';
import { creating, updating } from './requests.js';
import { WRITER, WRITES, type World } from './world.js';

const ACTS = { create: creating, update: updating } as const;
const PLACES = { store: [1, 16, 64], vendor: [1, 16] } as const;
/** A client without a source of its own: what it creates is created at the vendor. */
const VENDOR_WRITER = { id: 'bench-writer', scope: 'system/Observation.cruds', purpose: 'TREAT' };

/** A line of the table of writes. */
export interface WriteRow extends Measured {
  /** Whose the resources are: the client's own source's, or the vendor's. */
  readonly place: keyof typeof PLACES;
  readonly act: keyof typeof ACTS;
  readonly load: string;
}

/** What a rate of writes is measured with. */
export interface WriteOptions {
  readonly world: World;
  readonly processes: Processes;
  readonly databasePid: number;
  readonly pace: Pace;
  readonly say: (line: string) => void;
}

/** Creates and updates: by a client that owns a source, and through to the vendor. */
export async function writeRate(options: WriteOptions): Promise<readonly WriteRow[]> {
  const { world, processes, databasePid, pace, say } = options;
  const common = { origins: processes.origins, nodePids: processes.pids, databasePid };
  const own = { ...common, token: await tokenOf(processes.ready, WRITER) };
  const atVendor: Target = {
    ...common,
    token: await vendorToken(processes),
    vendorPid: vendorPid(world.system),
  };
  const rows: WriteRow[] = [];
  for (const place of ['store', 'vendor'] as const) {
    const target = place === 'store' ? own : atVendor;
    const people = place === 'store' ? world.written : processes.ready.people;
    const patients = people.map(({ patient }) => patient);
    // creates last: what they leave at the vendor is pulled with the person's other data, time and again
    for (const act of ['update', 'create'] as const) {
      const work = ACTS[act](target.token, patients);
      for (const connections of PLACES[place]) {
        // oxlint-disable-next-line no-await-in-loop -- one measurement after the other
        const row = { ...(await measure(target, work, connections, pace)), place, act, load: load() };
        say(lineOf(row));
        rows.push(row);
      }
    }
  }
  return rows;
}

/** The synthetic people, whom the vendor knows, let the client write; its token. */
async function vendorToken({ ready }: Processes): Promise<string> {
  const client = await registered(ready, VENDOR_WRITER);
  const people = ready.people.flatMap(({ patient, privateKey, subjects: [subject] }) =>
    subject === undefined ? [] : [{ patient, privateKey, subject: hexOf(subject) }],
  );
  await grantAll(ready, people, { client: client.id, actions: WRITES });
  return tokenOf({ ...ready, clients: [client] }, client.id);
}

function vendorPid({ pid }: System): number {
  return childrenOf(pid).find((each) => commandOf(each).includes('demo-ehr/src/main.js')) ?? 0;
}

/** A line for those who watch. */
function lineOf({ place, act, connections, perSecond, p50Ms, p99Ms, ...us }: WriteRow): string {
  const cpu = `CPU µs: node ${us.nodeUs.toFixed(0)}, database ${us.databaseUs.toFixed(0)}, vendor ${us.vendorUs.toFixed(0)}`;
  return `${act} (${place}) at ${connections}: ${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms; ${cpu}; load ${us.load}`;
}
