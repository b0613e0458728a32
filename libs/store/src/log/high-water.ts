import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { TreeHead } from '#provenance';
import { errorCode } from './error-code.js';

const Mark = z.strictObject({
  origin: z.string(),
  size: z.string().regex(/^\d{1,19}$/),
  root: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a high-water file says. */
export type HighWaterReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'mark'; readonly head: TreeHead }
  | { readonly kind: 'unreadable'; readonly cause: unknown };

/** Reads a high-water file; a missing file is `none`, since the first start has none. */
export async function readHighWater(path: string): Promise<HighWaterReading> {
  try {
    const mark = Mark.parse(JSON.parse(await readFile(path, 'utf8')));
    const head = { origin: mark.origin, size: BigInt(mark.size), root: Buffer.from(mark.root, 'hex') };
    return { kind: 'mark', head };
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return { kind: 'none' };
    return { kind: 'unreadable', cause };
  }
}

/**
 * Replaces the file: durable when it resolves, old or new content after a crash at any instant.
 * Gateways that share the file keep the larger mark, but for a race that the next head mends.
 */
async function writeMark(path: string, head: TreeHead): Promise<void> {
  const kept = await readHighWater(path);
  if (kept.kind === 'mark' && kept.head.origin === head.origin && kept.head.size > head.size) return;
  const text = JSON.stringify({
    origin: head.origin,
    size: String(head.size),
    root: Buffer.from(head.root).toString('hex'),
  });
  const next = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeDurably(next, `${text}\n`);
    await rename(next, path);
  } catch (cause) {
    // what could not be written in full must not fill the disk any further
    await rm(next, { force: true }).catch(() => undefined);
    throw cause;
  }
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Keeps the newest head in a file outside the database, so that a database that was set back is noticed at the next
 * start. At most one write runs, and the next begins at the earliest `intervalMs` after it: while the log grows the
 * file is at most that much plus one write behind. A write that failed is tried again after the same time, until it works.
 */
export class HighWaterFile {
  readonly #path: string;
  readonly #intervalMs: number;
  readonly #failed: (cause: unknown) => void;
  #newest: TreeHead | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;

  /** @param failed told of a write that failed, once until one works again */
  constructor(path: string, failed: (cause: unknown) => void, intervalMs = 500) {
    this.#path = path;
    this.#failed = failed;
    this.#intervalMs = intervalMs;
  }

  /** Notes a head. Heads come in growing order. */
  note(head: TreeHead): void {
    this.#newest = head;
    this.#timer ??= setTimeout(() => this.#write(), this.#intervalMs).unref();
  }

  /** Writes what was noted; durable when it resolves. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#write();
    await this.#writing;
  }

  #write(): void {
    this.#timer = undefined;
    this.#writing = this.#after(this.#writing);
  }

  async #after(earlier: Promise<void>): Promise<void> {
    await earlier;
    const head = this.#newest;
    this.#newest = undefined;
    if (head === undefined) return;
    try {
      await writeMark(this.#path, head);
      this.#isFailing = false;
    } catch (cause) {
      // nothing may be appended for long: without another try a rollback of what is stored would go unnoticed
      this.note(this.#newest ?? head);
      if (!this.#isFailing) this.#failed(cause);
      this.#isFailing = true;
    }
  }
}
