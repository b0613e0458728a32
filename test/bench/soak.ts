import { setTimeout as sleep } from 'node:timers/promises';
import type { MllpAddress } from '../../apps/standalone/src/lakeview-part.js';
import { MllpLink } from '../../apps/demo-ehr/src/lakeview/mllp-link.js';
import { tokenOf } from './clients.js';
import type { Processes } from './layouts.js';
import { runLoad, type Work } from './load.js';
import { load } from './machine.js';
import { memoryCourses, type MemoryCourse } from './memory-course.js';
import { creating, reading, updating } from './requests.js';
import { revocations } from './soak-grants.js';
import { benchLetters } from './v2-letters.js';
import { READER, WRITER, type World } from './world.js';

const WARM_UP_SHARE = 0.2;
const S_PER_MINUTE = 60;
const MESSAGE_EVERY_MS = 100;
const LETTERS = 100_000;
const PEOPLE = 500;
/** Nobody granted them anything for good. */
const REFUSED = 'second-app';
const FORBIDDEN = 403;
const NOT_FOUND = 404;

/** What a node did, and how its memory went. */
export interface SoakResult {
  readonly minutes: number;
  readonly warmUpS: number;
  readonly work: readonly { readonly name: string; readonly done: number }[];
  readonly courses: readonly MemoryCourse[];
  readonly load: string;
}

/** Paths of the reads and searches that the reader may make. */
export interface SoakPaths {
  readonly read: readonly string[];
  readonly search: readonly string[];
}

/** Mixed load on one node for so many minutes after a warm-up, while its memory is looked at each second. */
export async function soak(
  world: World,
  processes: Processes,
  { minutes, paths }: { readonly minutes: number; readonly paths: SoakPaths },
): Promise<SoakResult> {
  const warmUpS = minutes * S_PER_MINUTE * WARM_UP_SHARE;
  const seconds = warmUpS + minutes * S_PER_MINUTE;
  const stop = new AbortController();
  const requests = requestLoads(world, processes, paths, seconds);
  const [work, { done, late }, sent, courses] = await Promise.all([
    requests.finally(() => stop.abort()),
    revocations(world.written, processes.ready, stop.signal),
    messages(processes.ready.mllp, stop.signal),
    memoryCourses(processes, warmUpS, stop.signal),
  ]);
  const others = [
    { name: 'grants that were revoked', done },
    { name: 'grants that took too long', done: late },
    { name: 'messages', done: sent },
  ];
  return { minutes, warmUpS, work: [...work, ...others], courses, load: load() };
}

/** Reads, searches, writes and refusals: of each kind a connection or two, without a pause. */
async function requestLoads(
  { written }: World,
  { origins, ready }: Processes,
  paths: SoakPaths,
  seconds: number,
): Promise<SoakResult['work']> {
  const [reader, writer, refused] = await Promise.all(
    [READER, WRITER, REFUSED].map((client) => tokenOf(ready, client)),
  );
  const patients = written.map(({ patient }) => patient);
  const kinds: readonly (readonly [string, Work, number])[] = [
    ['reads', reading(reader ?? '', paths.read), 2],
    ['searches', reading(reader ?? '', paths.search), 1],
    ['creates', creating(writer ?? '', patients), 1],
    ['updates', updating(writer ?? '', patients), 1],
    ['refusals', reading(refused ?? '', paths.search, FORBIDDEN), 1],
    ['reads of what is hidden', reading(refused ?? '', paths.read, NOT_FOUND), 1],
  ];
  return Promise.all(
    kinds.map(async ([name, work, connections]) => {
      const { requests: done } = await runLoad({ origins, work, connections, seconds });
      return { name, done };
    }),
  );
}

/** Ten messages a second at most, each when the one before is answered. */
async function messages(mllp: MllpAddress | undefined, stop: AbortSignal): Promise<number> {
  if (mllp === undefined) throw new Error('the node takes no messages');
  const letters = benchLetters(`S${Date.now().toString(36)}-`, LETTERS, PEOPLE);
  let done = 0;
  let isAnswered = true;
  const link = new MllpLink({
    ...mllp,
    settled: () => {
      done += 1;
      isAnswered = true;
    },
  });
  link.up();
  while (!stop.aborted) {
    const letter = letters[done % letters.length];
    if (isAnswered && letter !== undefined) {
      isAnswered = false;
      link.post(letter);
    }
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await sleep(MESSAGE_EVERY_MS);
  }
  link.down();
  return done;
}
