import { writeFileSync } from 'node:fs';
import { Session, type Profiler as V8 } from 'node:inspector/promises';

const TOP = 15;
const INTERVAL_US = 500;
const PERCENT = 100;

/** A share of the samples, in percent. */
export interface ProfileShare {
  readonly name: string;
  readonly percent: number;
}

/** Where the CPU time of a process went, its idle time left out. */
export interface ProfileSummary {
  readonly functions: readonly ProfileShare[];
  readonly modules: readonly ProfileShare[];
  /** Percent of the wall clock in which the thread ran. */
  readonly busyPercent: number;
}

/** Takes a CPU profile of this process and tells by function and module who used the time itself. */
export class Profiler {
  readonly #session = new Session();

  async start(): Promise<void> {
    this.#session.connect();
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await this.#session.post('Profiler.start');
  }

  /** @param file where the whole profile goes, for a viewer */
  async stop(file: string): Promise<ProfileSummary> {
    const { profile } = await this.#session.post('Profiler.stop');
    this.#session.disconnect();
    writeFileSync(file, JSON.stringify(profile));
    return summarise(profile);
  }
}

function summarise({ nodes, samples = [], timeDeltas = [] }: V8.Profile): ProfileSummary {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const [functions, modules] = [new Map<string, number>(), new Map<string, number>()];
  let [busy, idle] = [0, 0];
  for (const [at, id] of samples.entries()) {
    const frame = byId.get(id);
    const us = timeDeltas[at] ?? 0;
    if (frame?.functionName === '(idle)') idle += us;
    if (frame === undefined || isOutside(frame)) continue;
    busy += us;
    const module = moduleOf(frame);
    addTo(functions, `${frame.functionName || '(anonymous)'} · ${module}`, us);
    addTo(modules, groupOf(module), us);
  }
  return {
    functions: top(functions, busy),
    modules: top(modules, busy),
    busyPercent: (busy / (busy + idle)) * PERCENT,
  };
}

type Frame = V8.Profile['nodes'][number]['callFrame'];

/** Time in which the thread waits, or in which the profiler itself works. */
function isOutside({ functionName, url }: Frame): boolean {
  return functionName === '(idle)' || url === 'node:inspector';
}

function addTo(sums: Map<string, number>, name: string, us: number): void {
  sums.set(name, (sums.get(name) ?? 0) + us);
}

/** `libs/x/src/y.js`, a package, a module of Node, or the engine itself. */
function moduleOf({ url, functionName }: Frame): string {
  const own = /\/dist\/((?:libs|apps|test)\/.*)$/.exec(url)?.[1];
  if (own !== undefined) return own.replace('/src/', '/');
  const packaged = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (packaged !== undefined) return packaged;
  if (url.startsWith('node:')) return url;
  return functionName.startsWith('(') ? 'engine' : 'native';
}

function groupOf(module: string): string {
  if (/^(libs|apps|test)\//.test(module)) return module.split('/').slice(0, 2).join('/');
  return module.startsWith('node:')
    ? (module.replace(/^node:(internal\/)?/, 'node:').split('/')[0] ?? module)
    : module;
}

function top(us: ReadonlyMap<string, number>, of: number): readonly ProfileShare[] {
  return [...us]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, TOP)
    .map(([name, each]) => ({ name, percent: (each / of) * PERCENT }));
}
