import { readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '#outcome';

const STEP_MS = 50;
const LIMIT_MS = 60_000;
/** Then a process that does not hear is killed. */
const PATIENCE_MS = 1_000;

/**
 * Clears the way for a new server: ends one that a dead process left behind, or what is left of one whose first process
 * was killed, and removes a pid file whose number now belongs to somebody else. Throws where the server's owner still
 * lives: two gateways must not share a folder.
 */
export async function endOrphan(folder: string, data: string): Promise<void> {
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  if (!(pid > 0)) {
    return;
  }
  if (!(await serves(pid, data))) {
    // its children may still write: a second server beside them would ruin the data, and the pid file is what tells
    await endRemains(data);
    await rm(join(data, 'postmaster.pid'), { force: true });
    return;
  }
  const owner = Number(await readFile(join(folder, 'owner'), 'utf8').catch(() => '0'));
  if (owner > 0 && (await parentOf(pid)) === owner) {
    throw new GatewayError('internal', {
      details: `Process ${owner} already runs the database in this folder; stop it, or use another DATA_DIR.`,
    });
  }
  process.kill(pid, 'SIGINT');
  await gone(pid);
}

/** Notes whose server this is; a server whose parent is another process is an orphan. */
export async function recordOwner(folder: string): Promise<void> {
  await writeFile(join(folder, 'owner'), String(process.pid), { mode: 0o600 });
}

/** Ends every process that works inside the data folder. */
async function endRemains(data: string): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
    // oxlint-disable no-await-in-loop -- a bounded poll
    const left = await workingIn(data);
    if (left.length === 0) return;
    for (const pid of left) end(pid, waited < PATIENCE_MS ? 'SIGQUIT' : 'SIGKILL');
    await delay(STEP_MS);
    // oxlint-enable no-await-in-loop
  }
  throw new GatewayError('internal', { details: 'What is left of a killed database does not end.' });
}

async function workingIn(data: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const working = await Promise.all(pids.map((pid) => serves(pid, data)));
  return pids.filter((_pid, at) => working[at]);
}

function end(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it ended in between
  }
}

/** A server's processes work inside its data folder: that tells it from an unrelated process that took its number. */
async function serves(pid: number, data: string): Promise<boolean> {
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return folder !== undefined && folder === (await realpath(data));
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

async function gone(pid: number): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS; waited += STEP_MS) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    // oxlint-disable-next-line no-await-in-loop -- a bounded poll
    await delay(STEP_MS);
  }
  throw new GatewayError('internal', { details: `The database left behind as process ${pid} does not end.` });
}
