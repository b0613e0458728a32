import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { launch } from '../launch.js';
import { expired } from './steps/expired.js';
import { granted } from './steps/granted.js';
import { refused } from './steps/refused.js';
import { revoked } from './steps/revoked.js';
import { served } from './steps/served.js';
import { tampered } from './steps/tampered.js';
import { verified } from './steps/verified.js';
import { openWorld, type World } from './world.js';

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

const STEPS: readonly {
  readonly title: string;
  readonly play: (world: World, patient: string) => Promise<string>;
}[] = [
  { title: 'An app without a grant is refused, and the refusal is sealed', play: refused },
  { title: 'She signs a grant with her own key; a relayer brings it to the chain', play: granted },
  { title: 'The app asks again and is served, with a receipt', play: served },
  { title: 'Anybody verifies the receipt, with the gateway stopped', play: verified },
  { title: 'A grant for ten seconds ends by itself', play: expired },
  { title: 'She revokes', play: revoked },
  { title: 'Somebody with full database rights is found out', play: tampered },
];

/** Starts a system in `folder`, plays the steps in order and stops at the first that is not as told. */
export async function playStory(options: {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (line: Line) => void;
  /** Ends the story where it is; everything is stopped before it resolves. */
  readonly signal: AbortSignal;
}): Promise<boolean> {
  const dataDir = join(options.folder, 'data');
  const env = { ...options.env, DATA_DIR: dataDir, PORT: '0', ANCHOR_EVERY_S, LOG_LEVEL: 'warn' };
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
