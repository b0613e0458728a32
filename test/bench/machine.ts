import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.js';

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
