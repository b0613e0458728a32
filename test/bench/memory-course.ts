import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from './layouts.js';
import { residentMib } from './processes.js';
import { trendOf, type Trend } from './statistics.js';

const EVERY_MS = 1_000;
const S_PER_MINUTE = 60;
const MIB = 2 ** 20;
/** A collector leaves a sawtooth: of so many samples the least one counts. */
const WINDOW = 10;
/** Of the main thread, as the metrics of a node tell them. */
const TOLD = {
  'heap reserved': /^nodejs_heap_size_total_bytes (\S+)$/m,
  'heap in use': /^nodejs_heap_size_used_bytes (\S+)$/m,
  'buffers and other native objects': /^nodejs_external_memory_bytes (\S+)$/m,
} as const;

/** Memory of one kind over the time, MiB; the trend is per minute. */
export interface MemoryCourse {
  readonly memory: 'resident' | keyof typeof TOLD;
  readonly minMib: number;
  readonly maxMib: number;
  readonly perMinute: Trend;
}

/** Looks at the memory of the first process each second, from the end of a warm-up until it is told to stop. */
export async function memoryCourses(
  { origins: [origin = ''], pids: [pid = 0] }: Processes,
  warmUpS: number,
  stop: AbortSignal,
): Promise<readonly MemoryCourse[]> {
  const resident: number[] = [];
  const pages: string[] = [];
  await sleep(warmUpS * EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  while (!stop.aborted) {
    // oxlint-disable no-await-in-loop -- one look after the other
    const page = await (await fetch(`${origin}/metrics`)).text();
    pages.push(
      page
        .split('\n')
        .filter((line) => line.startsWith('nodejs_'))
        .join('\n'),
    );
    resident.push(residentMib(pid));
    await sleep(EVERY_MS);
    // oxlint-enable no-await-in-loop
  }
  const told = (['heap reserved', 'heap in use', 'buffers and other native objects'] as const).map((memory) =>
    courseOf(
      memory,
      pages.map((page) => Number(TOLD[memory].exec(page)?.[1] ?? Number.NaN) / MIB),
    ),
  );
  return [courseOf('resident', resident), ...told];
}

function courseOf(memory: MemoryCourse['memory'], mib: readonly number[]): MemoryCourse {
  const least = Array.from({ length: Math.floor(mib.length / WINDOW) }, (_, at) =>
    Math.min(...mib.slice(at * WINDOW, (at + 1) * WINDOW)),
  );
  const { slope, halfWidth } = trendOf(least);
  const perMinute = S_PER_MINUTE / WINDOW;
  return {
    memory,
    minMib: Math.min(...mib),
    maxMib: Math.max(...mib),
    perMinute: { slope: slope * perMinute, halfWidth: halfWidth * perMinute },
  };
}
