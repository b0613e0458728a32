import fs from 'node:fs';
import path from 'node:path';

/**
 * The text that a file of this folder holds. To change what is held, delete the file: the next run writes `text` and fails
 * once, so that somebody looks at the difference.
 *
 * @throws Error where the file was not there
 */
export function golden(name: string, text: string): string {
  const file = path.join(import.meta.dirname, name);
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, text);
    throw new Error(`${name} was not there and has been written: look at it`);
  }
  return fs.readFileSync(file, 'utf8');
}
