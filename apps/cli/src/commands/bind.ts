import type { Command } from 'commander';
import { z } from 'zod';
import type { Hex } from '#consent';
import { Api, mustSucceed } from '../api.js';
import { fileBinding } from '../file-binding.js';
import { optionsOf } from '../options.js';
import { keyOf, type PersonKey } from '../person-key.js';
import { readyFile, type ReadyFile } from '../ready-file.js';
import { registryOf, waitFor } from '../registry.js';

const optionsSchema = z.object({
  data: z.string(),
  patient: z.string(),
  key: z.string().optional(),
  person: z.string().optional(),
  oldKey: z.string().optional(),
  oldPerson: z.string().optional(),
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
    .option('--old-key <file>', 'key of a binding that the patient has already; it countersigns')
    .option('--old-person <patient>', 'the same, of a synthetic person of ready.json')
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
    oldKey: oldKeyOf(options, ready),
  });
  mustSucceed('the binding', answer);
  await waitFor('the subject is opened on the chain', () => registryOf(ready).isOpen(subject));
  return subject;
}

function oldKeyOf(
  { oldKey, oldPerson }: z.infer<typeof optionsSchema>,
  ready: ReadyFile,
): PersonKey | undefined {
  if (oldKey === undefined && oldPerson === undefined) return undefined;
  return keyOf({ key: oldKey, person: oldPerson }, () => ready);
}
