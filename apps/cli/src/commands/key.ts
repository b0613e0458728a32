import type { Command } from 'commander';
import { z } from 'zod';
import { optionsOf } from '../options.js';
import { keyOf, makeKey } from '../person-key.js';
import { readyFile } from '../ready-file.js';

const outSchema = z.object({ out: z.string() });
const showSchema = z.object({ data: z.string(), key: z.string().optional(), person: z.string().optional() });

/** `proviso key new|show`: the key with which a person signs. It holds no coin. */
export function key(program: Command): void {
  const group = program.command('key').description("a person's signing key");
  group
    .command('new')
    .description('make a key')
    .requiredOption('--out <file>', 'file to write, mode 0600')
    .action((_options, command: Command) => {
      const { address } = makeKey(optionsOf(outSchema, command).out);
      process.stdout.write(`${address}\n`);
    });
  group
    .command('show')
    .description('print the address of a key')
    .option('--key <file>', 'key file')
    .option('--person <patient>', 'synthetic person of ready.json')
    .action((_options, command: Command) => {
      const options = optionsOf(showSchema, command);
      process.stdout.write(`${keyOf(options, () => readyFile(options.data)).address}\n`);
    });
}
