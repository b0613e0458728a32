import type { Command } from 'commander';
import { z } from 'zod';
import { deployedSettings } from '../chain-settings.js';
import { optionsOf } from '../options.js';
import { keyOf } from '../person-key.js';
import { readyFile } from '../ready-file.js';

const deploySchema = z.object({
  data: z.string(),
  key: z.string(),
  rpc: z.array(z.url({ protocol: /^https?$/ })),
  json: z.boolean().default(false),
});

/** `proviso chain deploy`: the contracts on a chain of one's own, and the settings that pin them. */
export function chain(program: Command): void {
  program
    .command('chain')
    .description('a chain of your own')
    .command('deploy')
    .description('deploy the contracts where they are not yet, and print the settings that pin them')
    .requiredOption('--rpc <url...>', 'chain nodes; the first one is sent to, the others must agree')
    .requiredOption(
      '--key <file>',
      'key of an account with coin that has sent nothing and serves nothing else',
    )
    .option('--json', 'print the settings as JSON')
    .action(async (_options, command: Command) => {
      const options = optionsOf(deploySchema, command);
      const { privateKey } = keyOf(options, () => readyFile(options.data));
      const settings = await deployedSettings(options.rpc, privateKey);
      const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
      process.stdout.write(`${options.json ? JSON.stringify(settings) : lines.join('\n')}\n`);
    });
}
