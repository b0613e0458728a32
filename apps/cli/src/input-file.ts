import { readFileSync } from 'node:fs';
import { GatewayError } from '#outcome';
import { parsePolicy, type Policy } from '#provenance';
import { CommandError, EXIT } from './exit.js';

/** The bytes of a file that the user named. Ends the command where it cannot be read. */
export function inputFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${String(error)}`, EXIT.usage);
  }
}

/** Whom the user trusts. Ends the command where the file is no policy: nothing may be judged by half of one. */
export function policyOf(file: string): Policy {
  const text = inputFile(file).toString('utf8');
  try {
    return parsePolicy(text);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new CommandError(`${file} is not a policy: ${error.message}`, EXIT.usage);
  }
}
