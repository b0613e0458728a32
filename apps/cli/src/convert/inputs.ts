import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { CommandError, EXIT } from '../exit.js';

const MIB = 1_048_576;
/** One input may be so large. */
export const INPUT_LIMIT_MIB = 64;
/** The name that stands for standard input. */
const STDIN = '-';

/** The bytes of an input, or why they are not to be had. */
export type ReadInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Names of the inputs: those that were given, then the lines of a list, read as they are needed. */
export async function* inputNames(
  files: readonly string[],
  list: string | undefined,
): AsyncGenerator<string> {
  yield* files;
  if (list === undefined) return;
  const lines = createInterface({ input: createReadStream(list, 'utf8'), crlfDelay: Infinity });
  try {
    for await (const line of lines) if (line.trim() !== '') yield line.trim();
  } catch (cause) {
    throw new CommandError(`${list} cannot be read: ${codeOf(cause)}`, EXIT.usage);
  }
}

/** Reads an input whole, as far as it may go. */
export async function readInput(name: string): Promise<ReadInput> {
  try {
    const bytes = await bounded(name === STDIN ? process.stdin : createReadStream(name));
    if (bytes !== undefined) return { kind: 'bytes', bytes };
    return { kind: 'unreadable', why: `it is larger than ${INPUT_LIMIT_MIB} MiB` };
  } catch (cause) {
    return { kind: 'unreadable', why: `it cannot be read (${codeOf(cause)})` };
  }
}

async function bounded(stream: Readable): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > INPUT_LIMIT_MIB * MIB) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
}
