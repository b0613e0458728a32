import type { Command } from 'commander';
import { z } from 'zod';
import { checkCheckpoint, verifyConsistency, type Policy, type TreeHead } from '#provenance';
import { CommandError, EXIT } from '../exit.js';
import { inputFile, policyOf } from '../input-file.js';
import { optionsOf } from '../options.js';
import { readyFile } from '../ready-file.js';

const optionsSchema = z.object({ data: z.string(), policy: z.string(), proof: z.string().optional() });
const TIMEOUT_MS = 30_000;
const proofSchema = z.object({ proof: z.array(z.base64()) });

/** `proviso consistency A B`: whether the later checkpoint extends the earlier one. */
export function consistency(program: Command): void {
  program
    .command('consistency')
    .description('check that one checkpoint extends another')
    .argument('<earlier>', 'checkpoint file')
    .argument('<later>', 'checkpoint file')
    .requiredOption('--policy <file>', 'whom you trust')
    .option('--proof <file>', 'consistency proof as JSON; default: asked of the running gateway')
    .action(async (earlier: string, later: string, _options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const policy = policyOf(options.policy);
      const [from, to] = [headOf(earlier, policy), headOf(later, policy)];
      const proof = await proofFor(options, from, to);
      const claim = { size1: from.size, root1: from.root, size2: to.size, root2: to.root };
      const holds = from.origin === to.origin && verifyConsistency(claim, proof);
      process.stdout.write(
        holds
          ? `${to.size} extends ${from.size}\n`
          : `INCONSISTENT: ${to.size} does not extend ${from.size}\n`,
      );
      process.exitCode = holds ? EXIT.ok : EXIT.failed;
    });
}

function headOf(file: string, policy: Policy): TreeHead {
  const { head } = checkCheckpoint(inputFile(file).toString('utf8'), policy);
  if (head === undefined)
    throw new CommandError(`${file} is not a checkpoint signed by a key of the policy.`);
  return head;
}

async function proofFor(
  options: z.infer<typeof optionsSchema>,
  from: TreeHead,
  to: TreeHead,
): Promise<readonly Uint8Array[]> {
  const text =
    options.proof === undefined
      ? await asked(options.data, from, to)
      : inputFile(options.proof).toString('utf8');
  return proofSchema.parse(JSON.parse(text)).proof.map((hash) => Buffer.from(hash, 'base64'));
}

async function asked(dataDir: string, from: TreeHead, to: TreeHead): Promise<string> {
  const { fhirBase, log } = readyFile(dataDir);
  const tenant = log.origin.split('/').at(-1) ?? '';
  const response = await fetch(
    `${new URL(fhirBase).origin}/log/${tenant}/consistency/${from.size}/${to.size}`,
    { signal: AbortSignal.timeout(TIMEOUT_MS) },
  );
  if (!response.ok) throw new CommandError(`The gateway gave no proof: ${response.status}.`);
  return response.text();
}
