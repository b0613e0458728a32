import type { Command } from 'commander';
import { z } from 'zod';
import { requestToken } from '../assertion.js';
import { privateJwk } from '../client-key.js';
import { CommandError, EXIT } from '../exit.js';
import { inputFile } from '../input-file.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';

const optionsSchema = z.object({
  data: z.string(),
  client: z.string(),
  key: z.string().optional(),
  scope: z.string().optional(),
  purpose: z.string().optional(),
  json: z.boolean().optional(),
});

/** `proviso token`: an access token from the real token endpoint. */
export function token(program: Command): void {
  program
    .command('token')
    .description('ask the token endpoint for an access token')
    .requiredOption('--client <id>', 'client id')
    .option('--key <file>', "the client's private key, JWK or PEM; default: that of ready.json")
    .option('--scope <scopes>', 'scopes to ask for; default: those of ready.json')
    .option('--purpose <code>', 'purpose of use, where the client has several')
    .option('--json', 'print the whole answer')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const answer = await requestToken(requestOf(options));
      process.stdout.write(`${options.json === true ? JSON.stringify(answer) : answer.access_token}\n`);
    });
}

function requestOf(options: z.infer<typeof optionsSchema>) {
  const ready = readyFile(options.data);
  const known = ready.clients.find(({ id }) => id === options.client);
  const jwk = options.key === undefined ? known?.jwk : privateJwk(inputFile(options.key).toString('utf8'));
  if (jwk === undefined) throw new CommandError(`Give the key of ${options.client} with --key.`, EXIT.usage);
  const scope = options.scope ?? known?.scope;
  if (scope === undefined) throw new CommandError('Name the scopes with --scope.', EXIT.usage);
  const purpose = options.purpose ?? known?.purpose;
  return { tokenUrl: ready.tokenUrl, client: options.client, jwk, scope, purpose };
}
