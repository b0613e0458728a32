import type { Command } from 'commander';
import { z } from 'zod';
import type { Hex } from '#consent';
import { Api, mustSucceed } from '../api.js';
import { fileBinding } from '../file-binding.js';
import { optionsOf } from '../options.js';
import { keyOf } from '../person-key.js';
import { readyFile } from '../ready-file.js';
import { registryOf, waitFor } from '../registry.js';

const optionsSchema = z.object({
  data: z.string(),
  patient: z.string(),
  key: z.string().optional(),
  person: z.string().optional(),
  rights: z.enum(['self', 'guardian', 'custodian']),
  evidence: z.string(),
});

/** `proviso bind`: the person's key signs which subject is hers; a registrar files it. */
export function bind(program: Command): void {
  program
    .command('bind')
    .description('bind a person to a subject on the chain')
    .requiredOption('--patient <id>', 'id of the Patient')
    .option('--key <file>', "the person's key")
    .option('--person <patient>', 'synthetic person of ready.json')
    .option('--rights <rights>', 'self, guardian or custodian', 'self')
    .option('--evidence <kind>', 'what the registrar saw', 'login-aal2')
    .action(async (_options, command: Command) => {
      process.stdout.write(`${await bindPerson(optionsOf(optionsSchema, command))}\n`);
    });
}

async function bindPerson(options: z.infer<typeof optionsSchema>): Promise<Hex> {
  const ready = readyFile(options.data);
  const { patient, rights, evidence } = options;
  const key = keyOf(options, () => ready);
  const { subject, answer } = await fileBinding(new Api(ready, 'registrar'), {
    patient,
    key,
    rights,
    evidence,
  });
  mustSucceed('the binding', answer);
  await waitFor('the subject is opened on the chain', () => registryOf(ready).isOpen(subject));
  return subject;
}
