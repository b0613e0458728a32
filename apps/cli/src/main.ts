#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CommandError, EXIT } from './exit.js';
import { program } from './program.js';

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
  try {
    await program(process.env['DATA_DIR'] ?? 'data').parseAsync();
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
