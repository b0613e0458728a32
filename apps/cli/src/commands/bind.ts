import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { z } from 'zod';
import { signStatement, signerHashOf, subjectId } from '#chain';
import type { Hex } from '#consent';
import { Api } from '../api.js';
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
const challengeSchema = z.object({ nonce: z.string() });

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
      process.stdout.write(`${await bindPerson(optionsSchema.parse(command.optsWithGlobals()))}\n`);
    });
}

async function bindPerson(options: z.infer<typeof optionsSchema>): Promise<Hex> {
  const ready = readyFile(options.data);
  const api = new Api(ready, 'registrar');
  const { privateKey, address } = keyOf(options, () => ready);
  const { nonce } = challengeSchema.parse((await api.must('GET', '/consent/challenges')).body);
  const salt: Hex = `0x${randomBytes(32).toString('hex')}`;
  const signerHash = signerHashOf(address);
  const statement = {
    origin: api.origin,
    nonce,
    patient: options.patient,
    subject: subjectId(signerHash, salt),
    signerHash,
    rights: options.rights,
    from: Math.floor(Date.now() / 1000),
    to: 0,
  };
  const { patient, subject, rights, from, to } = statement;
  const signature = signStatement(privateKey, statement);
  const body = { patient, subject, rights, from, to, nonce, salt, signature, signer: address };
  await api.must('POST', '/consent/bindings', { ...body, evidence: options.evidence });
  await waitFor('the subject is opened on the chain', async () => await registryOf(ready).isOpen(subject));
  return subject;
}
