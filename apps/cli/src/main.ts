#!/usr/bin/env node
import { CommanderError } from 'commander';
import { nodeFault } from '#config';
import { CommandError, EXIT } from './exit.js';
import { program } from './program.js';

/** Parses the command line, runs one command, and turns whatever stops it into one line and an exit code. */
async function main(): Promise<void> {
  try {
    const fault = nodeFault();
    if (fault !== undefined) throw new CommandError(fault, EXIT.usage);
    const args = process.argv.slice(2);
    const proviso = await program(process.env['DATA_DIR'] ?? 'data', args, process.env);
    await proviso.parseAsync();
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  process.stderr.write(`proviso: ${error instanceof Error ? error.message : String(error)}\n`);
  return error instanceof CommandError ? error.exitCode : EXIT.failed;
}

/** Who reads no further (`| head`) has what he wanted: that is not the command's failure. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

process.stdout.on('error', endWithReader);
await main();
