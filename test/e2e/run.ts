import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The checkout; `dist` in it is what is tested. This file itself may lie there, compiled for the benchmark. */
export const ROOT = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url),
);
/** The command. */
export const CLI = `${ROOT}dist/apps/cli/src/main.js`;
/** `npm start`. */
export const START = `${ROOT}dist/apps/standalone/src/main.js`;

const LIMIT_MS = 60_000;

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The environment of a program under test: this one's, without what the test runner put in. */
export function environment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  // oxlint-disable-next-line node/no-process-env -- programs under test need the PATH of this one
  const { NODE_OPTIONS: _options, JEST_WORKER_ID: _worker, NODE_ENV: _env, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** Runs a program to its end; it is killed where it takes more than a minute. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: environment(options.env),
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Options of a command line. */
export function flags(options: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
}
