import { runLoad, type Load, type LoadResult, type Work } from './load.js';
import { cpuUs, treeCpuUs } from './processes.js';
import { reading } from './requests.js';
import { median } from './statistics.js';

/** What is measured, where, and which processes answer. */
export interface Target {
  /** `http://host:port` of each node that is asked. */
  readonly origins: readonly string[];
  readonly token: string;
  readonly nodePids: readonly number[];
  /** Of the database server; 0 where it is not ours. */
  readonly databasePid: number;
  /** Of the vendor who is asked, where one is. */
  readonly vendorPid?: number;
}

/** How long and how often. */
export interface Pace {
  readonly warmUpS: number;
  readonly seconds: number;
  readonly runs: number;
}

/** The run of the middle rate, and CPU time per request over all runs, microseconds; of nodes all together. */
export interface Measured extends LoadResult {
  readonly connections: number;
  readonly nodeUs: number;
  readonly databaseUs: number;
  readonly vendorUs: number;
  readonly clientUs: number;
}

/** Warms up, runs several times, and gives the run in the middle. */
export async function measure(
  target: Target,
  work: Work,
  connections: number,
  pace: Pace,
): Promise<Measured> {
  const load: Load = { ...target, work, connections, seconds: pace.seconds };
  await runLoad({ ...load, seconds: pace.warmUpS });
  const before = usage(target);
  const results: LoadResult[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one run after the other
  for (let run = 0; run < pace.runs; run += 1) results.push(await runLoad(load));
  const after = usage(target);
  const requests = results.reduce((sum, result) => sum + result.requests, 0);
  const middle = median(results.map(({ perSecond }) => perSecond));
  const result = results.find(({ perSecond }) => perSecond === middle);
  if (result === undefined) throw new Error('nothing was run');
  return {
    ...result,
    connections,
    nodeUs: (after.node - before.node) / requests,
    databaseUs: (after.database - before.database) / requests,
    vendorUs: (after.vendor - before.vendor) / requests,
    clientUs: (after.client - before.client) / requests,
  };
}

/**
 * Reads or searches of these paths. An answer of nothing is made fast, and tells nothing: throws where there is no
 * Observation in the first one.
 */
export async function readsOf({ origins, token }: Target, paths: readonly string[]): Promise<Work> {
  const [origin = ''] = origins;
  const response = await fetch(`${origin}${paths[0] ?? '/'}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = await response.text();
  if (!body.includes('"resourceType":"Observation"'))
    throw new Error(`nothing was served: ${response.status}`);
  return reading(token, paths);
}

/** CPU time that each has used so far, microseconds. */
export function usage({ nodePids, databasePid, vendorPid = 0 }: Omit<Target, 'origins' | 'token'>) {
  return {
    node: nodePids.reduce((sum, pid) => sum + cpuUs(pid), 0),
    database: databasePid === 0 ? 0 : treeCpuUs(databasePid),
    vendor: vendorPid === 0 ? 0 : cpuUs(vendorPid),
    client: cpuUs(process.pid),
  };
}
