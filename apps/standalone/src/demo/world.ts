import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GatewayError } from '#outcome';
import type { Launched } from '../launch.js';
import type { ReadyFile } from '../ready.js';
import type { Running, Supervisor } from '../supervisor.js';

const run = promisify(execFile);
const CLI = fileURLToPath(new URL('../../../cli/src/main.js', import.meta.url));
const POLL_MS = 100;
const TOKEN_LIFE_MS = 120_000;

/** What a command of the CLI printed, and how it ended. */
export interface Said {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An answer of the FHIR API, as the story looks at it. */
export interface Heard {
  readonly status: number;
  readonly body: unknown;
  readonly receipt: string | null;
}

/** The running system, as the people of the story meet it: over HTTP and by the command. */
export interface World {
  readonly supervisor: Supervisor;
  readonly running: Running;
  readonly ready: ReadyFile;
  readonly dataDir: string;
  /** A file in the story's temporary folder. */
  readonly file: (name: string) => string;
  readonly token: (client: string) => Promise<string>;
}

/** The world of a launched system. Tokens are asked for by the command, and kept for two minutes. */
export function openWorld(launched: Launched, dataDir: string, folder: string): World {
  const tokens = new Map<string, { readonly token: string; readonly untilMs: number }>();
  const world: World = {
    supervisor: launched.supervisor,
    running: launched.running,
    ready: launched.ready,
    dataDir,
    file: (name) => join(folder, name),
    token: async (client) => {
      const held = tokens.get(client);
      if (held !== undefined && performance.now() < held.untilMs) return held.token;
      const token = (await mustProviso(world, 'token', '--client', client)).trim();
      tokens.set(client, { token, untilMs: performance.now() + TOKEN_LIFE_MS });
      return token;
    },
  };
  return world;
}

/** Options of a command line: `true` for one that takes no value. */
export function flags(options: Readonly<Record<string, string | true>>): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, value],
  );
}

/** Runs `proviso …` in a process of its own. */
export function proviso(world: World, ...args: readonly string[]): Promise<Said> {
  return runProviso('--data', world.dataDir, ...args);
}

/** Runs the command with arguments as they are. */
export async function runProviso(...args: readonly string[]): Promise<Said> {
  try {
    const { stdout, stderr } = await run(process.execPath, [CLI, ...args], {
      timeout: 120_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): Said {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'number') throw error;
  const text = (name: 'stdout' | 'stderr') => {
    const value: unknown = Object.getOwnPropertyDescriptor(error, name)?.value;
    return typeof value === 'string' ? value : '';
  };
  return { exitCode: error.code, stdout: text('stdout'), stderr: text('stderr') };
}

/** `proviso …` that must succeed; gives what it printed. */
export async function mustProviso(world: World, ...args: readonly string[]): Promise<string> {
  const said = await proviso(world, ...args);
  expectThat(said.exitCode === 0, `proviso ${args.join(' ')} ended with ${said.exitCode}: ${said.stderr}`);
  return said.stdout;
}

/** GET at the FHIR API with a client's token. */
export async function get(world: World, client: string, path: string): Promise<Heard> {
  const response = await fetch(`${world.running.fhirBase}${path}`, {
    headers: { authorization: `Bearer ${await world.token(client)}` },
    signal: AbortSignal.timeout(30_000),
  });
  const body: unknown = await response.json();
  return { status: response.status, body, receipt: response.headers.get('provenance-receipt') };
}

/** Ends the story where it is not as told. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new GatewayError('internal', { details: otherwise });
}

/** Asks again until it holds; ends the story where it does not within the limit. Gives the milliseconds it took. */
export async function until(limitMs: number, what: string, holds: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  for (;;) {
    // oxlint-disable no-await-in-loop -- one look after the other
    if (await holds()) return performance.now() - start;
    expectThat(performance.now() - start < limitMs, `not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    // oxlint-enable no-await-in-loop
  }
}
