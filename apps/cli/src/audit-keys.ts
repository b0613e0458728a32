import { join } from 'node:path';
import { KEY_FILES } from '#config';
import { CommandError, EXIT } from './exit.js';
import { inputFile } from './input-file.js';

/** The two keys that an audit needs. They are only read: a gateway would make missing ones, an auditor must not. */
export function auditKeys(dataDir: string): {
  readonly storeMac: Uint8Array;
  readonly vaultRoot: Uint8Array;
} {
  return { storeMac: secretOf(dataDir, 'storeMac'), vaultRoot: secretOf(dataDir, 'vaultRoot') };
}

function secretOf(dataDir: string, name: 'storeMac' | 'vaultRoot'): Uint8Array {
  const file = join(dataDir, 'keys', KEY_FILES[name].file);
  const text = inputFile(file).toString('utf8').trim();
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new CommandError(`${file} does not hold 64 hex digits.`, EXIT.usage);
  return Buffer.from(text, 'hex');
}
