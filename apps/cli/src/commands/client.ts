import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { keptJwk, publicJwk } from '../client-key.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';

const listSchema = z.object({
  clients: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      scopes: z.array(z.string()),
      purposes: z.array(z.string()),
    }),
  ),
});
const dataSchema = z.object({ data: z.string() });
const withId = dataSchema.extend({ id: z.string() });
const addSchema = withId.extend({
  name: z.string().optional(),
  key: z.string(),
  scope: z.string(),
  purpose: z.array(z.string()).min(1),
  role: z.array(z.string()).default([]),
  organization: z.string().optional(),
  ownSource: z.boolean().default(false),
  patient: z.string().optional(),
});

/** `proviso client add|list|remove`: registrations, by the administrators' API; each act is sealed. */
export function client(program: Command): void {
  const group = program.command('client').description('register, list and remove clients');
  group
    .command('add')
    .description('register a client; makes its key where the file is not there')
    .requiredOption('--id <id>', 'client id')
    .option('--name <name>', 'name to show')
    .requiredOption('--key <file>', 'private key file, JWK; the public part is registered')
    .requiredOption('--scope <scopes>', 'scopes it may ask for, separated by spaces')
    .requiredOption('--purpose <code...>', 'purposes of use, codes of v3-ActReason')
    .option('--role <role...>', 'roles of Proviso')
    .option('--organization <id>', 'organization that it acts for')
    .option('--own-source', 'it may write: what it writes is kept as of its own source, app-<id>')
    .option('--patient <id>', 'the one patient for whom it speaks: its scopes are patient/…')
    .action(async (_options, command: Command) => add(optionsOf(addSchema, command)));
  group
    .command('list')
    .description('list the registered clients')
    .action(async (_options, command: Command) => {
      const { data } = optionsOf(dataSchema, command);
      const { body } = await administrator(data).must('GET', '/admin/clients');
      for (const { id, name, scopes, purposes } of listSchema.parse(body).clients) {
        process.stdout.write(`${id}\t${name}\t${purposes.join(',')}\t${scopes.join(' ')}\n`);
      }
    });
  group
    .command('remove')
    .description('remove a client; its tokens end with it')
    .requiredOption('--id <id>', 'client id')
    .action(async (_options, command: Command) => {
      const { data, id } = optionsOf(withId, command);
      await administrator(data).must('DELETE', `/admin/clients/${encodeURIComponent(id)}`);
      process.stdout.write(`removed ${id}\n`);
    });
}

async function add(options: z.infer<typeof addSchema>): Promise<void> {
  await administrator(options.data).must('POST', '/admin/clients', {
    id: options.id,
    name: options.name ?? options.id,
    jwks: { keys: [publicJwk(keptJwk(options.key, randomUUID()))] },
    scopes: options.scope.split(' '),
    purposes: options.purpose,
    roles: options.role,
    ...(options.organization === undefined ? {} : { organization: options.organization }),
    ...(options.patient === undefined ? {} : { patient: options.patient }),
    ...(options.ownSource ? { ownSource: true } : {}),
  });
  process.stdout.write(`registered ${options.id}\n`);
}

function administrator(dataDir: string): Api {
  return new Api(readyFile(dataDir), 'administrator');
}
