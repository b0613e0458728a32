import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { addressOf, isHex } from '#chain';
import type { Hex } from '#consent';
import { CommandError, EXIT } from './exit.js';
import { inputFile } from './input-file.js';
import type { ReadyFile } from './ready-file.js';

const KEY_LENGTH = 66;

/** A person's key: a file with 0x and 64 hex digits, mode 0600. */
export interface PersonKey {
  readonly privateKey: Hex;
  readonly address: Hex;
}

/** Makes a key; refuses to overwrite one. */
export function makeKey(file: string): PersonKey {
  const key = personKey(`0x${randomBytes(32).toString('hex')}`);
  try {
    writeFileSync(file, `${key.privateKey}\n`, { mode: 0o600, flag: 'wx' });
  } catch {
    throw new CommandError(`${file} is there already, or cannot be written.`, EXIT.usage);
  }
  return key;
}

/** The key of a file, or of a synthetic person of ready.json. */
export function keyOf(
  options: { readonly key?: string | undefined; readonly person?: string | undefined },
  ready: () => ReadyFile,
): PersonKey {
  if (options.key !== undefined) return personKey(inputFile(options.key).toString('utf8').trim());
  const person = ready().people.find(({ patient }) => patient === options.person);
  if (person === undefined)
    throw new CommandError('Give --key FILE, or --person with a patient of ready.json.', EXIT.usage);
  return personKey(person.privateKey);
}

/** The key that a text holds. Ends the command where it holds none. */
export function personKey(text: string): PersonKey {
  if (!isHex(text) || text.length !== KEY_LENGTH)
    throw new CommandError('The key file does not hold 0x and 64 hex digits.', EXIT.usage);
  return { privateKey: text, address: addressOf(text) };
}
