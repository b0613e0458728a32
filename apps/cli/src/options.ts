import type { Command } from 'commander';
import { z } from 'zod';
import { CommandError, EXIT } from './exit.js';

/** The options of a command, its parents' included. Ends the command, naming each that does not fit. */
export function optionsOf<Options>(schema: z.ZodType<Options>, command: Command): Options {
  const parsed = schema.safeParse(command.optsWithGlobals());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `--${path.map(kebab).join('.')}: ${message}`);
  throw new CommandError(faults.join('; '), EXIT.usage);
}

function kebab(name: PropertyKey): string {
  return String(name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
