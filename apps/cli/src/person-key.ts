import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { addressOf } from '#chain';
import type { Hex } from '#consent';
import { CommandError, EXIT } from './exit.js';
import type { ReadyFile } from './ready-file.js';

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
  if (options.key !== undefined) return personKey(readFileSync(options.key, 'utf8').trim());
  const person = ready().people.find(({ patient }) => patient === options.person);
  if (person === undefined)
    throw new CommandError('Give --key FILE, or --person with a patient of ready.json.', EXIT.usage);
  return personKey(person.privateKey);
}

function personKey(text: string): PersonKey {
  if (!isKey(text)) throw new CommandError('The key file does not hold 0x and 64 hex digits.', EXIT.usage);
  return { privateKey: text, address: addressOf(text) };
}

function isKey(text: string): text is Hex {
  return /^0x[0-9a-f]{64}$/.test(text);
}
