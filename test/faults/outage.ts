import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

/** A part of the world that can be taken away and given back, at the same address. */
export interface Outage {
  break(): Promise<void>;
  unbreak(): Promise<void>;
}

/** Ends a process at once, where it runs. */
export async function killed(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The line of JSON that a program prints when it answers. */
export async function firstLine(input: Readable): Promise<unknown> {
  const [line] = z.tuple([z.string()]).parse(await once(createInterface({ input }), 'line'));
  return JSON.parse(line);
}
