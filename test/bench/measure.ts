import { runLoad, type Load, type LoadResult } from './load.js';
import { cpuUs, treeCpuUs } from './processes.js';
import { median } from './statistics.js';

/** What is measured, where, and which processes answer. */
export interface Target {
  readonly origin: string;
  readonly token: string;
  readonly nodePid: number;
  /** Of the database server; 0 where it is not ours. */
  readonly databasePid: number;
}

/** How long and how often. */
export interface Pace {
  readonly warmUpS: number;
  readonly seconds: number;
  readonly runs: number;
}

/** The run of the middle rate, and CPU time per request over all runs, microseconds. */
export interface Measured extends LoadResult {
  readonly connections: number;
  readonly nodeUs: number;
  readonly databaseUs: number;
  readonly clientUs: number;
}

/** Warms up, runs several times, and gives the run in the middle. */
export async function measure(
  target: Target,
  paths: readonly string[],
  connections: number,
  pace: Pace,
): Promise<Measured> {
  await showsSomething(target, paths[0] ?? '/');
  const load: Load = { ...target, paths, connections, seconds: pace.seconds };
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
    clientUs: (after.client - before.client) / requests,
  };
}

/** An answer of nothing is made fast, and tells nothing: throws where there is no Observation in it. */
async function showsSomething({ origin, token }: Target, path: string): Promise<void> {
  const response = await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${token}` } });
  const body = await response.text();
  if (!body.includes('"resourceType":"Observation"'))
    throw new Error(`nothing was served: ${response.status}`);
}

function usage({ nodePid, databasePid }: Target) {
  return {
    node: cpuUs(nodePid),
    database: databasePid === 0 ? 0 : treeCpuUs(databasePid),
    client: cpuUs(process.pid),
  };
}
