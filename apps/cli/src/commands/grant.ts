import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { termsJson, writeGrant, type GrantFile } from '../grant-file.js';
import { grantOptions, grantTerms, type GrantOptions } from '../grant-options.js';
import { optionsOf } from '../options.js';
import { keyOf } from '../person-key.js';
import { readyFile } from '../ready-file.js';
import { waitFor } from '../registry.js';
import { signOp } from '../sign-op.js';
import { unsignedGrant } from '../unsigned-grant.js';

const statusSchema = z.object({ state: z.string() });

/** `proviso grant`: the person signs; the gateway files the Consent and a relayer brings the operation to the chain. */
export function grant(program: Command): void {
  program
    .command('grant')
    .description("sign a grant (or a deny) with a person's key")
    .option('--key <file>', "the person's key")
    .option('--person <patient>', 'synthetic person of ready.json')
    .option('--patient <id>', 'id of the Patient; default: --person')
    .requiredOption('--subject <id>', 'subject on the chain that the key speaks for')
    .requiredOption('--to-client <id>', 'client that is granted')
    .requiredOption('--classes <types>', 'resource types, separated by commas')
    .option('--actions <codes>', 'access, collect, correct: read, add, change; separated by commas', 'access')
    .requiredOption('--purpose <codes>', 'purposes of use, separated by commas')
    .option('--from <time>', 'RFC 3339; default: now')
    .option('--to <time>', 'RFC 3339; default: open')
    .option('--for <duration>', 'instead of --to: 10s, 5m, 1h, 30d')
    .option('--deny', 'deny instead of permit')
    .requiredOption('--out <file>', 'where to keep terms and salt')
    .option('--wait', 'wait until it is in force')
    .action(async (_options, command: Command) => {
      const options = optionsOf(grantOptions, command);
      const made = await fileGrant(options);
      process.stdout.write(`${made.grantId}\n`);
    });
}

async function fileGrant(options: GrantOptions): Promise<GrantFile> {
  const ready = readyFile(options.data);
  const api = new Api(ready, 'wallet');
  const key = keyOf(options, () => ready);
  const nowS = Math.floor(Date.now() / 1000);
  const { made, op, deadline } = unsignedGrant(grantTerms(options, nowS), nowS);
  const signature = await signOp(ready, key, { subject: made.subject, op, deadline });
  writeGrant(options.out, made);
  await api.must('POST', '/consent/grants', {
    subject: made.subject,
    deadline,
    signer: key.address,
    signature,
    op,
    terms: termsJson(made.terms),
    consent: made.consent,
    grantee: options.toClient,
  });
  if (options.wait) {
    await waitFor('the grant is in force', async () => {
      const { body } = await api.must('GET', `/consent/grants/${made.grantId}`);
      return statusSchema.parse(body).state === 'in-force';
    });
  }
  return made;
}
