import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDataDir } from '../e2e/system.js';

const CHUNK_BYTES = 1 << 20;
const SMALLEST_BYTES = 512;
const fullSchema = z.object({ code: z.literal('ENOSPC') });

/** A disk of its own in memory, which can be filled and emptied again. It needs the right to mount. */
export class SmallDisk {
  readonly #place = makeDataDir();
  #isMounted = false;

  /** Makes the disk. Gives why that cannot be done here, if so. */
  mount(megabytes: number): string | undefined {
    const options = `size=${megabytes}m,mode=755`;
    const { error, status, stderr } = spawnSync(
      'mount',
      ['-t', 'tmpfs', '-o', options, 'proviso-test', this.#place],
      { encoding: 'utf8' },
    );
    this.#isMounted = error === undefined && status === 0;
    return this.#isMounted ? undefined : (error?.message ?? stderr.trim());
  }

  /** A folder on it, which goes with it. */
  folder(name: string): string {
    const folder = join(this.#place, name);
    mkdirSync(folder, { mode: 0o755, recursive: true });
    return folder;
  }

  /** Leaves no room at all: what is written from now on fails with ENOSPC. */
  fill(): void {
    const handle = openSync(this.#ballast, 'a');
    try {
      for (let bytes = CHUNK_BYTES; bytes >= SMALLEST_BYTES; bytes >>= 1) while (wrote(handle, bytes));
    } finally {
      closeSync(handle);
    }
  }

  /** Gives the room back. */
  empty(): void {
    rmSync(this.#ballast, { force: true });
  }

  dispose(): void {
    // whatever may still hold a file on it is on its way out
    if (this.#isMounted) spawnSync('umount', ['-l', this.#place]);
    this.#isMounted = false;
    rmSync(this.#place, { recursive: true, force: true });
  }

  get #ballast(): string {
    return join(this.#place, 'ballast');
  }
}

/** Whether all of it was written. */
function wrote(handle: number, bytes: number): boolean {
  try {
    return writeSync(handle, Buffer.alloc(bytes)) === bytes;
  } catch (error) {
    // an error of another realm is no `Error` here
    if (fullSchema.safeParse(error).success) return false;
    throw error;
  }
}
