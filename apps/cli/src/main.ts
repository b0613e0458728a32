#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { audit } from './commands/audit.js';
import { bind } from './commands/bind.js';
import { client } from './commands/client.js';
import { grant } from './commands/grant.js';
import { grants } from './commands/grants.js';
import { consistency } from './commands/consistency.js';
import { key } from './commands/key.js';
import { receipt } from './commands/receipt.js';
import { revoke } from './commands/revoke.js';
import { token } from './commands/token.js';
import { verify } from './commands/verify.js';
import { CommandError, EXIT } from './exit.js';

const NODE_MAJOR = 24;

/** Parses the command line, runs one command, and turns whatever stops it into one line and an exit code. */
async function main(): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < NODE_MAJOR) {
    process.stderr.write(
      `proviso needs Node ${NODE_MAJOR}; this is ${process.versions.node}. Run it with npx.\n`,
    );
    process.exitCode = EXIT.usage;
    return;
  }
  const program = new Command('proviso')
    .description('Consent, provenance and administration of a Proviso gateway')
    .option('--data <dir>', 'data folder of the running system', process.env['DATA_DIR'] ?? 'data')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void process.stderr.write(text) });
  for (const register of [
    token,
    client,
    key,
    bind,
    grant,
    revoke,
    grants,
    receipt,
    verify,
    consistency,
    audit,
  ])
    register(program);
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`proviso: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof CommandError ? error.exitCode : EXIT.failed;
}

await main();
