import type { Command } from 'commander';
import { z } from 'zod';
import { classBit, granteeOf, purposeBit } from '#consent';
import { Api } from '../api.js';
import { CommandError, EXIT } from '../exit.js';
import { readGrant } from '../grant-file.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';
import { hexOf, registryOf } from '../registry.js';

const showSchema = z.object({ data: z.string(), grant: z.string() });
const checkSchema = showSchema.extend({
  class: z.string(),
  purpose: z.string(),
  toClient: z.string().optional(),
  rpc: z.string().optional(),
  at: z.string().optional(),
});
const SAID = {
  no: 'not in force',
  yes: 'in force',
  undetermined: 'undetermined: denies are in force whose terms are not known',
};

/** `proviso grants`: the state of a grant, by the gateway or by the contract alone. */
export function grants(program: Command): void {
  const group = program.command('grants').description('the state of a grant');
  group
    .command('show')
    .description('as the gateway knows it')
    .requiredOption('--grant <file>', 'what proviso grant wrote')
    .action(async (_options, command: Command) => {
      const options = optionsOf(showSchema, command);
      const { grantId } = readGrant(options.grant);
      const { body } = await new Api(readyFile(options.data), 'wallet').must(
        'GET',
        `/consent/grants/${grantId}`,
      );
      process.stdout.write(`${JSON.stringify(body)}\n`);
    });
  group
    .command('check')
    .description("the contract's own judgement; needs a chain node and no gateway")
    .requiredOption('--grant <file>', 'what proviso grant wrote')
    .requiredOption('--class <type>', 'resource type')
    .requiredOption('--purpose <code>', 'purpose of use')
    .option('--to-client <id>', 'client to judge for; default: the one that was granted')
    .option('--rpc <url>', 'chain node; default: that of ready.json')
    .action(async (_options, command: Command) => {
      const options = optionsOf(checkSchema, command);
      const answer = await judged(options);
      process.stdout.write(`${SAID[answer]}\n`);
      process.exitCode = answer === 'undetermined' ? EXIT.unanchored : EXIT.ok;
    });
}

async function judged(options: z.infer<typeof checkSchema>): Promise<'no' | 'yes' | 'undetermined'> {
  const made = readGrant(options.grant);
  const type = classBit(options.class);
  const purpose = purposeBit(options.purpose);
  if (type === undefined || purpose === undefined) {
    throw new CommandError('The published list has no such class or purpose.', EXIT.usage);
  }
  const { client } = registryOf(readyFile(options.data), options.rpc);
  return client.termsInForce({
    subject: made.subject,
    grantId: made.grantId,
    terms: made.terms,
    grantee:
      options.toClient === undefined ? made.terms.grantee : hexOf(granteeOf(`client:${options.toClient}`)),
    class: type,
    purpose,
    at: Math.floor(Date.now() / 1000),
  });
}
