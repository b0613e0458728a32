import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { z } from 'zod';
import { isHex } from '#chain';
import { buildGrantConsent, commitmentOf, parseConsent, termsOf, type GrantOp, type Hex } from '#consent';
import { Api } from '../api.js';
import { durationS, timeS } from '../duration.js';
import { termsJson, writeGrant, type GrantFile } from '../grant-file.js';
import { optionsOf } from '../options.js';
import { keyOf } from '../person-key.js';
import { readyFile } from '../ready-file.js';
import { waitFor } from '../registry.js';
import { signOp } from '../sign-op.js';

const DEADLINE_S = 86_400;
const SUBJECT_LENGTH = 66;
const optionsSchema = z.object({
  data: z.string(),
  key: z.string().optional(),
  person: z.string().optional(),
  patient: z.string().optional(),
  subject: z.custom<Hex>(
    (value) => isHex(value) && value.length === SUBJECT_LENGTH,
    'must be 0x and 64 hex digits',
  ),
  toClient: z.string(),
  classes: z.string(),
  purpose: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  for: z.string().optional(),
  deny: z.boolean().default(false),
  out: z.string(),
  wait: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;
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
    .requiredOption('--purpose <codes>', 'purposes of use, separated by commas')
    .option('--from <time>', 'RFC 3339; default: now')
    .option('--to <time>', 'RFC 3339; default: open')
    .option('--for <duration>', 'instead of --to: 10s, 5m, 1h, 30d')
    .option('--deny', 'deny instead of permit')
    .requiredOption('--out <file>', 'where to keep terms and salt')
    .option('--wait', 'wait until it is in force')
    .action(async (_options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const made = await fileGrant(options);
      process.stdout.write(`${made.grantId}\n`);
    });
}

async function fileGrant(options: Options): Promise<GrantFile> {
  const ready = readyFile(options.data);
  const api = new Api(ready, 'wallet');
  const key = keyOf(options, () => ready);
  const { made, op, deadline } = sealTerms(options);
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

function sealTerms(options: Options): { made: GrantFile; op: GrantOp; deadline: number } {
  const nowS = Math.floor(Date.now() / 1000);
  const from = options.from === undefined ? nowS : timeS(options.from);
  const to = endOf(options, from);
  const patient = options.patient ?? options.person ?? '';
  const bytes = buildGrantConsent({
    patient,
    client: options.toClient,
    effect: options.deny ? 'deny' : 'permit',
    classes: options.classes.split(','),
    purposes: options.purpose.split(','),
    fromMs: from * 1000,
    toMs: to === 0 ? Infinity : to * 1000,
    atMs: nowS * 1000,
  });
  const terms = termsOf(parseConsent(bytes), `client:${options.toClient}`, random32());
  const commitment = commitmentOf(terms);
  const grantId = random32();
  const op: GrantOp = { grantId, commitment, kind: options.deny ? 2 : 1, from, to, version: 1 };
  const consent = Buffer.from(bytes).toString('base64');
  const made = { patient, subject: options.subject, grantId, version: 1, commitment, terms, consent };
  return { made, op, deadline: nowS + DEADLINE_S };
}

function endOf(options: Options, from: number): number {
  if (options.for !== undefined) return from + durationS(options.for);
  return options.to === undefined ? 0 : timeS(options.to);
}

function random32(): Hex {
  return `0x${randomBytes(32).toString('hex')}`;
}
