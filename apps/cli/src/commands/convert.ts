import { Option, type Command } from 'commander';
import { z } from 'zod';
import { plainSender } from '#normalize';
import { convertFile } from '../convert/convert-file.js';
import type { Conversion } from '../convert/convert-payload.js';
import { FORMATS } from '../convert/detect-format.js';
import { INPUT_LIMIT_MIB, inputNames } from '../convert/inputs.js';
import { senderProfile } from '../convert/sender-profile.js';
import { CommandError, EXIT } from '../exit.js';
import { optionsOf } from '../options.js';

const optionsSchema = z.object({
  format: z.enum(FORMATS).optional(),
  sender: z.string().optional(),
  list: z.string().optional(),
  out: z.string().min(1).optional(),
});
type Counts = Record<Conversion['kind'], number>;

/** `proviso convert`: payloads to FHIR R4, without a gateway. */
export function convert(program: Command): void {
  program
    .command('convert')
    .description(
      `convert HL7 v2 (or FHIR R4 JSON) to a Bundle and issues; a file has ${INPUT_LIMIT_MIB} MiB at most`,
    )
    .argument('[files...]', 'what to convert; - is standard input')
    .addOption(new Option('--format <format>', 'default: by the content').choices(FORMATS))
    .option('--sender <file>', "the sender's profile: zone, character set, systems, code maps")
    .option('--list <file>', 'names of further files, one a line')
    .option('--out <folder>', 'write FOLDER/<path as given>.json instead of printing a line for each')
    .action(async (files: string[], _options, command: Command) => {
      const { list, out, sender, format } = optionsOf(optionsSchema, command);
      if (files.length === 0 && list === undefined)
        throw new CommandError('Name files, or --list.', EXIT.usage);
      const profile = sender === undefined ? plainSender('sender') : senderProfile(sender);
      // the write that fails says so itself
      process.stdout.on('error', () => undefined);
      const output = out === undefined ? undefined : { folder: out, written: new Set<string>() };
      const counts: Counts = { converted: 0, 'not-convertible': 0, failed: 0 };
      for await (const name of inputNames(files, list)) {
        counts[await convertFile(name, output, { format, sender: profile })] += 1;
      }
      const { converted, failed, 'not-convertible': not } = counts;
      process.stderr.write(`${converted} converted, ${not} not convertible, ${failed} failed\n`);
      process.exitCode = converted > 0 ? EXIT.ok : EXIT.failed;
    });
}
