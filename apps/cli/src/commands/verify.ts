import type { Command } from 'commander';
import { z } from 'zod';
import { parseBundle, verifyBundle, type Verdict, type VerifyOptions } from '#provenance';
import { chainFindings } from '../chain-findings.js';
import { checkLines } from '../check-lines.js';
import { EXIT } from '../exit.js';
import { inputFile, policyOf } from '../input-file.js';
import { optionsOf } from '../options.js';

const optionsSchema = z.object({
  policy: z.string(),
  wire: z.string().optional(),
  resource: z.string().optional(),
  rpc: z.array(z.string()).default([]),
  offline: z.boolean().default(false),
  allowDevelopmentChain: z.boolean().default(false),
  json: z.boolean().default(false),
});

const EXIT_OF: Readonly<Record<Verdict['kind'], number>> = {
  'valid-anchored': EXIT.ok,
  invalid: EXIT.failed,
  'valid-not-anchored': EXIT.unanchored,
  erased: EXIT.erased,
};
const SAID: Readonly<Record<Verdict['kind'], string>> = {
  'valid-anchored': 'valid, and anchored',
  invalid: 'INVALID',
  'valid-not-anchored': 'valid, but not (checkably) anchored',
  erased: 'valid as far as it goes; its opening was destroyed',
};

/** `proviso verify`: checks a receipt with the policy alone; with --rpc also what the chain says of its anchors. */
export function verify(program: Command): void {
  program
    .command('verify')
    .description('check a receipt offline')
    .argument('<receipt>', 'file written by proviso receipt')
    .requiredOption('--policy <file>', 'whom you trust: keys and chains')
    .option('--wire <file>', 'the exact body that you received')
    .option('--resource <file>', 'a resource that you received')
    .option('--rpc <url...>', 'chain nodes to ask about the anchors')
    .option('--offline', 'ask nobody (the default without --rpc)')
    .option('--allow-development-chain', 'let a development chain count')
    .option('--json', 'print the verdict as JSON')
    .action(async (receipt: string, _options, command: Command) => {
      const options = optionsOf(optionsSchema, command);
      const bundle = parseBundle(inputFile(receipt));
      const policy = policyOf(options.policy);
      const told = await chainFindings(bundle, policy, options.offline ? [] : options.rpc);
      const verdict = withChecks(
        verifyBundle(bundle, policy, { ...claims(options), ...told.options }),
        told.checks,
      );
      print(verdict, options.json);
      process.exitCode = EXIT_OF[verdict.kind];
    });
}

function claims(options: z.infer<typeof optionsSchema>): VerifyOptions {
  return {
    allowDevelopmentChain: options.allowDevelopmentChain,
    ...(options.wire === undefined ? {} : { wire: inputFile(options.wire) }),
    ...(options.resource === undefined ? {} : { resource: inputFile(options.resource) }),
  };
}

/** What chain nodes say adds to the verdict: a check of theirs that failed makes it invalid. */
function withChecks({ kind, checks }: Verdict, told: Verdict['checks']): Verdict {
  const isRefuted = told.some(({ state }) => state === 'failed');
  return { kind: isRefuted ? 'invalid' : kind, checks: [...checks, ...told] };
}

function print({ kind, checks }: Verdict, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ verdict: kind, checks })}\n`);
    return;
  }
  for (const line of checkLines(checks)) process.stdout.write(`${line}\n`);
  process.stdout.write(`${SAID[kind]}\n`);
}
