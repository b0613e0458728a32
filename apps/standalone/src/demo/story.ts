import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { launch } from '../launch.js';
import { STEPS } from './steps.js';
import { openWorld } from './world.js';

/** One line of the story. */
export interface Line {
  readonly step: number;
  readonly title: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly ms: number;
  readonly text: string;
}

const ANCHOR_EVERY_S = '5';
/** How soon it is noticed that a vendor who is asked does not answer. */
const SOURCE_ROSTER_EVERY_S = '10';

/** Starts a system in `folder`, plays the steps in order and stops at the first that is not as told. */
export async function playStory(options: {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (line: Line) => void;
  /** Ends the story where it is; everything is stopped before it resolves. */
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const dataDir = join(options.folder, 'data');
  const env = {
    ...options.env,
    DATA_DIR: dataDir,
    PORT: '0',
    ANCHOR_EVERY_S,
    SOURCE_ROSTER_EVERY_S,
    LOG_LEVEL: 'warn',
  };
  const { signal } = options;
  const launched = await launch({ env, log: () => undefined, signal });
  signal.addEventListener('abort', () => void launched.stop(), { once: true });
  try {
    const world = openWorld(launched, dataDir, options.folder);
    const patient = launched.ready.people[0]?.patient ?? '';
    for (const [index, { title, play }] of STEPS.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- the story has an order
      const line = await tellStep({ step: index + 1, title }, () => play(world, patient));
      options.tell(line);
      if (!line.ok) return false;
    }
    return true;
  } finally {
    await launched.stop();
  }
}

async function tellStep(
  head: { readonly step: number; readonly title: string },
  play: () => Promise<string>,
): Promise<Line> {
  const start = performance.now();
  const [ok, seen] = await play().then(
    (text) => [true, text] as const,
    (error: unknown) => [false, error instanceof Error ? error.message : String(error)] as const,
  );
  const ms = Math.round(performance.now() - start);
  return {
    ...head,
    ok,
    seen,
    ms,
    text: `${ok ? 'ok  ' : 'FAIL'} ${head.step}. ${head.title} (${ms} ms)\n       ${seen}`,
  };
}
