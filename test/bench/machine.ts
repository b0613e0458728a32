import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.js';

const WORK_ROUNDS = 5;
const DOCUMENTS = 2_000;
const MEMBERS = 40;
const HASHED = Buffer.alloc(4_096, 7);

const WRITES = 200;
const BLOCK_BYTES = 8_192;
const GIB = 2 ** 30;

/** The machine, in one line. */
export function machine(): string {
  const cores = cpus();
  const memory = (totalmem() / GIB).toFixed(0);
  return `${cores.length} × ${cores[0]?.model ?? 'unknown'}, ${memory} GiB, ${process.platform}, Node ${process.versions.node}`;
}

/** Load averages over 1 and 5 minutes: above the number of cores, others worked beside the benchmark. */
export function load(): string {
  return loadavg()
    .slice(0, 2)
    .map((each) => each.toFixed(1))
    .join(' / ');
}

/** What the disk takes to make one block durable, milliseconds, median. */
export function fsyncMs(folder: string): number {
  const place = mkdtempSync(join(folder, 'fsync-'));
  const file = openSync(join(place, 'block'), 'w');
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  const taken = Array.from({ length: WRITES }, (_, at) => {
    const start = performance.now();
    writeSync(file, block, 0, BLOCK_BYTES, at * BLOCK_BYTES);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(place, { recursive: true });
  return median(taken);
}

/** The line that ran this. */
export function commandLine(): string {
  return ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
}

/**
 * How long one core takes for a piece of work that never changes, milliseconds: JSON written and read, and hashed. Two runs
 * on machines of different speed, or on one that others share, are compared by it.
 */
export function fixedWorkMs(): number {
  return median(Array.from({ length: WORK_ROUNDS }, roundMs));
}

function roundMs(): number {
  const startMs = performance.now();
  let seen = 0;
  for (let at = 0; at < DOCUMENTS; at++) {
    const text = JSON.stringify(
      Object.fromEntries(Array.from({ length: MEMBERS }, (_, member) => [`m${member}`, [at, `v${member}`]])),
    );
    const read: unknown = JSON.parse(text);
    const digest = createHash('sha256').update(HASHED).update(text).digest();
    seen += (digest[0] ?? 0) + (typeof read === 'object' ? 1 : 0);
  }
  // what nobody uses need not be done
  if (seen === 0) throw new Error('nothing was done');
  return performance.now() - startMs;
}
