import { join } from 'node:path';

/**
 * Where the conversion of a file goes: its path as given, below `folder`, with `.json` after it. An absolute path loses its
 * leading slash.
 * @returns `undefined` where a part of the path is `..`: it could lead out of the folder
 */
export function outputPath(folder: string, input: string): string | undefined {
  const parts = input.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || parts.length === 0 ? undefined : `${join(folder, ...parts)}.json`;
}
