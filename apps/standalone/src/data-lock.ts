import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const markSchema = z.object({ pid: z.int().positive(), started: z.string() });
const TRIES = 5;

/** A data folder that this process has for itself, or the process that has it. */
export type DataLock =
  { readonly kind: 'held'; readonly release: () => void } | { readonly kind: 'taken'; readonly pid: number };

/**
 * Takes a data folder for this process: two systems over one folder would each undo what the other does. What a killed
 * process left behind counts for nothing, even where its number lives on in another process.
 */
export function takeDataDir(dataDir: string): DataLock {
  const file = join(dataDir, 'supervisor.json');
  const mark = JSON.stringify({ pid: process.pid, started: startOf(process.pid) });
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (hasWritten(file, mark)) return { kind: 'held', release: () => rmSync(file, { force: true }) };
    const owner = ownerOf(file);
    if (owner !== undefined) return { kind: 'taken', pid: owner };
    rmSync(file, { force: true });
  }
  return { kind: 'taken', pid: 0 };
}

function hasWritten(file: string, mark: string): boolean {
  try {
    writeFileSync(file, mark, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The living process that a mark names. */
function ownerOf(file: string): number | undefined {
  try {
    const { pid, started } = markSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    process.kill(pid, 0);
    return startOf(pid) === started ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** When a process started, in ticks since boot; empty where the system does not say. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // the second field is a name in brackets, which may hold anything
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
