import { tokenOf } from './clients.js';
import { eventRate } from './event-rate.js';
import { LAYOUTS, startLayout, type Layout, type Processes } from './layouts.js';
import { runLoad } from './load.js';
import { load } from './machine.js';
import { measure, readsOf, type Pace, type Target } from './measure.js';
import { noticeDelay } from './notice-delay.js';
import type { ReplicaRow, Results } from './results.js';
import { soak, type SoakPaths } from './soak.js';
import { READER, type World } from './world.js';
import { writeRate } from './write-rate.js';

const CONNECTIONS = 64;
const MAKING = { connections: 16, seconds: 1 };

/** What the parts are measured with, that start processes of the product. */
export interface ProcessOptions {
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly databasePid: number;
  readonly paths: SoakPaths;
  readonly pace: Pace & ProcessSizes;
  readonly soakMinutes: number;
  readonly say: (line: string) => void;
}

/** How much of each. */
export interface ProcessSizes {
  /** Accesses that the person is told of. */
  readonly accesses: number;
  /** Records that are published. */
  readonly records: number;
}

/** What was measured on processes of the product. */
export type ProcessResults = Pick<Results, 'writes' | 'replicas' | 'notices' | 'events' | 'soak'>;

/** The parts `replicas`, `notices`, `writes`, `events` and `soak`, in this order: what fills the store comes last. */
export async function processParts(
  options: ProcessOptions,
  parts: readonly string[],
): Promise<ProcessResults> {
  const replicas: ReplicaRow[] = [];
  const notices: Results['notices'][number][] = [];
  const compared = parts.includes('replicas') || parts.includes('notices') ? (['one', 'two'] as const) : [];
  for (const layout of compared) {
    // oxlint-disable no-await-in-loop -- one layout after the other
    const measured = await compare(options, layout, parts);
    // oxlint-enable no-await-in-loop
    replicas.push(...measured.replicas);
    notices.push(...measured.notices);
  }
  const { world, databasePid, pace, say, soakMinutes, paths } = options;
  const writes = parts.includes('writes')
    ? await atOne(options, (processes) => writeRate({ world, processes, databasePid, pace, say }))
    : [];
  const events = parts.includes('events') ? await published(options) : undefined;
  const soaked = parts.includes('soak')
    ? await atOne(options, (processes) => soak(world, processes, { minutes: soakMinutes, paths }))
    : undefined;
  return { replicas, notices, writes, events, soak: soaked };
}

async function compare(
  options: ProcessOptions,
  layout: Layout,
  parts: readonly string[],
): Promise<Pick<ProcessResults, 'replicas' | 'notices'>> {
  const { world, pace, say } = options;
  return at(options, layout, async (processes) => {
    const replicas = parts.includes('replicas') ? [await reads(options, layout, processes)] : [];
    for (const { perSecond, p50Ms, p99Ms } of replicas)
      say(
        `${layout} at ${CONNECTIONS}: ${perSecond.toFixed(0)}/s, p50 ${p50Ms.toFixed(2)}, p99 ${p99Ms.toFixed(2)} ms; load ${load()}`,
      );
    const notices = parts.includes('notices')
      ? [await noticeDelay(world, processes, { layout, accesses: pace.accesses })]
      : [];
    for (const { p50Ms, p99Ms, maxMs } of notices)
      say(
        `notices, ${layout}: p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)}, at most ${maxMs.toFixed(0)} ms`,
      );
    return { replicas, notices };
  });
}

async function reads(options: ProcessOptions, layout: Layout, processes: Processes): Promise<ReplicaRow> {
  const target = await targetOf(options, processes);
  const work = await readsOf(target, options.paths.read);
  // each process warms up by itself
  await runLoad({ ...target, work, connections: CONNECTIONS, seconds: options.pace.warmUpS });
  return { ...(await measure(target, work, CONNECTIONS, options.pace)), layout, load: load() };
}

async function published(options: ProcessOptions): Promise<ProcessResults['events']> {
  const { world, env, databasePid, pace, say } = options;
  const makeRecords = async (processes: Processes) => {
    const target = await targetOf(options, processes);
    const work = await readsOf(target, options.paths.read);
    let made = 0;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    while (made < pace.records) made += (await runLoad({ ...target, work, ...MAKING })).requests;
  };
  const result = await eventRate({ system: world.system, env, databasePid, load, makeRecords });
  say(
    result.kind === 'missing'
      ? `events are left out: ${result.why}`
      : `published ${result.publishedPerSecond.toFixed(0)}/s, verified ${result.verifiedPerSecond.toFixed(0)}/s`,
  );
  return result;
}

async function targetOf({ databasePid }: ProcessOptions, processes: Processes): Promise<Target> {
  const { origins, pids: nodePids, ready } = processes;
  return { origins, token: await tokenOf(ready, READER), nodePids, databasePid };
}

function atOne<T>(options: ProcessOptions, work: (processes: Processes) => Promise<T>): Promise<T> {
  return at(options, 'one', work);
}

async function at<T>(
  { world, env, say }: ProcessOptions,
  layout: Layout,
  work: (processes: Processes) => Promise<T>,
): Promise<T> {
  const processes = await startLayout(world.system, layout, env);
  say(`started: ${LAYOUTS[layout].map(({ name }) => name).join(', ')}`);
  try {
    return await work(processes);
  } finally {
    await processes.stop();
  }
}
