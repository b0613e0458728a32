import type { Command } from 'commander';
import { z } from 'zod';
import type { GrantOp } from '#consent';
import { Api } from '../api.js';
import { readGrant } from '../grant-file.js';
import { optionsOf } from '../options.js';
import { keyOf } from '../person-key.js';
import { readyFile } from '../ready-file.js';
import { signOp } from '../sign-op.js';

const optionsSchema = z.object({
  data: z.string(),
  key: z.string().optional(),
  person: z.string().optional(),
  grant: z.string(),
});
const REVOKED = 3;

/** `proviso revoke`: effective when the gateway answers, on the chain soon after. */
export function revoke(program: Command): void {
  program
    .command('revoke')
    .description('revoke a grant')
    .option('--key <file>', "the person's key")
    .option('--person <patient>', 'synthetic person of ready.json')
    .requiredOption('--grant <file>', 'what proviso grant wrote')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const ready = readyFile(options.data);
      const key = keyOf(options, () => ready);
      const { subject, grantId, commitment, version } = readGrant(options.grant);
      const op: GrantOp = { grantId, commitment, kind: REVOKED, from: 0, to: 0, version };
      const signature = await signOp(ready, key, { subject, op, deadline: 0 });
      const body = { subject, deadline: 0, signer: key.address, signature, ops: [op] };
      await new Api(ready, 'wallet').must('POST', '/consent/revocations', body);
      process.stdout.write(`revoked ${grantId}\n`);
    });
}
