import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const KEY_LIMIT_BYTES = 65_536;
const OTHERS = 0o007;
const GROUP_AND_OTHERS = 0o077;

/** Makes the folder for keys, for this user alone; throws if it is there and others may enter it. */
export function makeKeyFolder(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  refuseMode(folder, GROUP_AND_OTHERS);
}

/**
 * Reads a key that was given by the operator. Its group may read it (mounted secrets need that), others may not.
 */
export function readGivenKey(file: string): string {
  return readKey(file, OTHERS);
}

/**
 * Reads a key of our own folder, making it first if it is not there.
 *
 * The file appears whole or not at all, and of several processes that start at once, one makes it and all read that one.
 */
export function readOrMakeKey(file: string, make: () => string): string {
  if (!fs.existsSync(file)) makeKey(file, make());
  return readKey(file, GROUP_AND_OTHERS);
}

function makeKey(file: string, text: string): void {
  const draft = `${file}.${crypto.randomBytes(8).toString('hex')}`;
  const handle = fs.openSync(draft, 'wx', 0o600);
  try {
    fs.writeFileSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  } finally {
    fs.unlinkSync(draft);
  }
  syncFolder(path.dirname(file));
}

function syncFolder(folder: string): void {
  const handle = fs.openSync(folder, 'r');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function readKey(file: string, refused: number): string {
  refuseMode(file, refused);
  if (fs.statSync(file).size > KEY_LIMIT_BYTES) throw new Error('is too large for a key');
  return fs.readFileSync(file, 'utf8');
}

function refuseMode(file: string, refused: number): void {
  const { mode } = fs.statSync(file);
  if ((mode & refused) !== 0) throw new Error(`is open to others (mode ${(mode & 0o777).toString(8)})`);
}

/** The code of a failed system call, such as `ENOENT`; none for other errors. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
