import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';

const optionsSchema = z.object({
  data: z.string(),
  index: z.string().regex(/^\d+$/),
  client: z.string(),
  out: z.string().optional(),
  opened: z.boolean().default(false),
});
const bundleSchema = z.object({ openings: z.array(z.object({ group: z.string(), bytes: z.base64() })) });

/** `proviso receipt`: the receipt of an answer that this client got, with what it may open. */
export function receipt(program: Command): void {
  program
    .command('receipt')
    .description('fetch the receipt of an answer')
    .requiredOption('--index <n>', 'index in the Provenance-Receipt header')
    .requiredOption('--client <id>', 'client that got the answer, or an auditor')
    .option('--out <file>', 'where to write it; default: standard output')
    .option('--opened', 'print the opened groups instead')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const api = new Api(readyFile(options.data), options.client);
      const { body } = await api.must('GET', `/receipts/${options.index}`);
      const text = `${JSON.stringify(options.opened ? openedOf(body) : body, null, 2)}\n`;
      if (options.out === undefined) process.stdout.write(text);
      else writeFileSync(options.out, text, { mode: 0o600 });
    });
}

function openedOf(body: unknown): Record<string, unknown> {
  const { openings } = bundleSchema.parse(body);
  return Object.fromEntries(
    openings.map(({ group, bytes }) => [group, JSON.parse(Buffer.from(bytes, 'base64').toString('utf8'))]),
  );
}
