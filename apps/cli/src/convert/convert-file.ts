import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeJson } from '#digest';
import { convertPayload, type Conversion, type ConvertOptions } from './convert-payload.js';
import { readInput } from './inputs.js';
import { outputPath } from './output-path.js';

/** Where the conversions of a run go. */
export interface Output {
  readonly folder: string;
  /** Files that were written. Different inputs may lead to the same one: `/data/a` and `data/a`. */
  readonly written: Set<string>;
}

/** Converts one input; says on standard error why it does not become anything. */
export async function convertFile(
  name: string,
  out: Output | undefined,
  options: ConvertOptions,
): Promise<Conversion['kind']> {
  const conversion = await conversionOf(name, out, options);
  if (conversion.kind !== 'converted') process.stderr.write(`${name}: ${conversion.why}\n`);
  return conversion.kind;
}

async function conversionOf(
  name: string,
  out: Output | undefined,
  options: ConvertOptions,
): Promise<Conversion> {
  const target = out === undefined ? undefined : outputPath(out.folder, name);
  const why = out === undefined ? undefined : whyNowhere(out, target);
  if (why !== undefined) return { kind: 'failed', why };
  const input = await readInput(name);
  if (input.kind === 'unreadable') return { kind: 'failed', why: input.why };
  const conversion = attempt(input.bytes, options);
  if (conversion.kind === 'converted') {
    const { bundle, issues } = conversion;
    await write(target, `${writeJson({ bundle, issues })}\n`);
    if (target !== undefined) out?.written.add(target);
  }
  return conversion;
}

function whyNowhere({ written }: Output, target: string | undefined): string | undefined {
  if (target === undefined) return 'a path with .. has no place in the folder of --out';
  return written.has(target) ? `another input of this run was written to ${target}` : undefined;
}

/** To a file that only its owner reads, or to standard output, which is waited for: memory stays bounded. */
async function write(target: string | undefined, text: string): Promise<void> {
  if (target === undefined) return print(text);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  await writeFile(target, text, { mode: 0o600 });
}

/** A fault of ours in one file does not end a run over thousands. */
function attempt(bytes: Uint8Array, options: ConvertOptions): Conversion {
  try {
    return convertPayload(bytes, options);
  } catch (cause) {
    return {
      kind: 'failed',
      why: `an internal fault (${cause instanceof Error ? cause.name : typeof cause})`,
    };
  }
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
