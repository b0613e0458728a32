import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { isHex } from '../hex.js';
import { syncFolder } from './durable-file.js';

/** A block of the chain: exactly one transaction. */
export interface JournalBlock {
  readonly number: number;
  readonly hash: Hex;
  /** Unix seconds. */
  readonly time: number;
  readonly raw: Hex;
}

/** What the journal holds: blocks in order, and a transaction that was written but not (known to be) mined. */
export interface JournalContent {
  readonly blocks: readonly JournalBlock[];
  readonly pending: Hex | undefined;
}

const hex = z.custom<Hex>(isHex);
const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('send'), raw: hex }),
  z.object({ kind: z.literal('block'), number: z.int().positive(), hash: hex, time: z.int() }),
  z.object({ kind: z.literal('refused') }),
]);
type Line = z.infer<typeof lineSchema>;

/**
 * The signed transactions of the embedded chain, a JSON line each: `send` before a transaction goes to the node, `block`
 * with number, hash and time after it was mined, or `refused`. Every line is on disk when its call resolves. One writer.
 */
export class Journal {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens or creates the journal, and drops a line that was torn by a crash. Throws `integrity-failure` for any other fault. */
  static async open(path: string): Promise<{ readonly journal: Journal; readonly content: JournalContent }> {
    const text = await readFile(path, 'utf8').catch(emptyIfMissing);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const content = readLines(whole.split('\n').slice(0, -1));
    const file = await open(path, 'a', 0o600);
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
    await file.sync();
    await syncFolder(dirname(path));
    return { journal: new Journal(file), content };
  }

  async send(raw: Hex): Promise<void> {
    await this.#write({ kind: 'send', raw });
  }

  async block(block: Omit<JournalBlock, 'raw'>): Promise<void> {
    await this.#write({ kind: 'block', number: block.number, hash: block.hash, time: block.time });
  }

  /** The node did not take the last transaction. */
  async refused(): Promise<void> {
    await this.#write({ kind: 'refused' });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(line: Line): Promise<void> {
    await this.#file.write(`${JSON.stringify(line)}\n`);
    await this.#file.datasync();
  }
}

function emptyIfMissing(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}

function readLines(lines: readonly string[]): JournalContent {
  const blocks: JournalBlock[] = [];
  let pending: Hex | undefined;
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text, index);
    if (line.kind === 'send') {
      pending = line.raw;
    } else if (line.kind === 'refused') {
      pending = undefined;
    } else {
      if (pending === undefined || line.number !== blocks.length + 1) throw damaged(index);
      blocks.push({ number: line.number, hash: line.hash, time: line.time, raw: pending });
      pending = undefined;
    }
  }
  return { blocks, pending };
}

function parseLine(text: string, index: number): Line {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(index, cause);
  }
}

function damaged(index: number, cause?: unknown): GatewayError {
  return new GatewayError('integrity-failure', {
    details: `line ${index + 1} of the chain's journal is damaged`,
    cause,
  });
}
