import { readFile, readdir, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import { replaceFile } from './durable-file.js';

/** A process, told apart from a later one with the same id. */
const processSchema = z.object({ pid: z.int().positive(), started: z.string() });
const schema = z.object({ owner: processSchema, node: processSchema.nullable() });
type ProcessMark = z.infer<typeof processSchema>;

const POLL_MS = 20;
const POLLS = 250;

/**
 * Takes a data folder for this process. Two owners at once are refused (`version-conflict`); a node that a killed owner left
 * running is ended, since what it knows is in the journal.
 */
export async function takeFolder(path: string): Promise<void> {
  const left = await readMarks(path);
  if (left !== undefined) {
    if (left.owner.pid !== process.pid && (await isRunning(left.owner))) {
      throw new GatewayError('version-conflict', {
        details: `the chain's folder is in use by process ${left.owner.pid}`,
      });
    }
    if (left.node !== null) await endProcess(left.node);
  }
  await writeMarks(path, undefined);
}

/** Ends whatever still runs with `argument` on its command line: a node whose owner died before it could note it. Linux only. */
export async function endStrays(argument: string): Promise<void> {
  const entries = await readdir('/proc').catch(() => []);
  for (const pid of entries.map(Number).filter((each) => each > 0 && each !== process.pid)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.split('\0').includes(argument)) await endProcess(await markOf(pid));
  }
}

/** Notes which node belongs to this process. */
export async function markNode(path: string, pid: number): Promise<void> {
  await writeMarks(path, pid);
}

/** Gives the folder up, after the node ended. */
export async function releaseFolder(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function writeMarks(path: string, node: number | undefined): Promise<void> {
  const marks = {
    owner: await markOf(process.pid),
    node: node === undefined ? null : await markOf(node),
  };
  await replaceFile(path, JSON.stringify(marks));
}

async function readMarks(path: string): Promise<z.infer<typeof schema> | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

async function markOf(pid: number): Promise<ProcessMark> {
  return { pid, started: await startOf(pid) };
}

/** When a process started, in ticks since boot; empty where the system does not say or it is a zombie. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is a name in brackets, which may hold anything.
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, started] = [rest[0], rest[19]];
  return state === undefined || state === 'Z' ? '' : (started ?? '');
}

async function isRunning(mark: ProcessMark): Promise<boolean> {
  try {
    process.kill(mark.pid, 0);
  } catch {
    return false;
  }
  return process.platform !== 'linux' || (await startOf(mark.pid)) === mark.started;
}

async function endProcess(mark: ProcessMark): Promise<void> {
  for (let poll = 0; poll < POLLS; poll += 1) {
    if (!(await isRunning(mark))) return;
    kill(mark.pid);
    await delay(POLL_MS);
  }
  throw new GatewayError('version-conflict', { details: `process ${mark.pid} of the chain does not end` });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}
