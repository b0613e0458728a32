import { GatewayError } from '#outcome';
import { fromBase64, toBase64 } from '#digest';
import { isKeyName } from './vkey.js';

/** A signature line of a note. */
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** What follows the key id; its form depends on the key's type. */
  readonly signature: Uint8Array;
}

/** A C2SP signed note. Its text MUST be ignored until a signature of a trusted key has been verified. */
export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const MAX_NOTE_LENGTH = 1_000_000;
const MAX_SIGNATURES = 64;
const KEY_ID_BYTES = 4;
const LINE = /^— (\S+) (\S+)$/u;
// oxlint-disable-next-line no-control-regex -- a note may hold no control character but the newline
const FORBIDDEN = /[\u0000-\u0009\u000b-\u001f]/;

/** @throws GatewayError `malformed` unless `source` is a note, exactly. @see https://c2sp.org/signed-note */
export function parseNote(source: string): Note {
  const usable = source.length <= MAX_NOTE_LENGTH && source.isWellFormed() && !FORBIDDEN.test(source);
  const split = source.lastIndexOf('\n\n');
  if (!usable || split <= 0 || !source.endsWith('\n')) throw notANote();
  const lines = source.slice(split + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw notANote();
  return { text: source.slice(0, split + 1), signatures: lines.map(parseLine) };
}

/** Writes a note; `parseNote` gives it back. */
export function writeNote({ text, signatures }: Note): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${toBase64(Buffer.concat([keyId, signature]))}\n`,
  );
  return `${text}\n${lines.join('')}`;
}

function parseLine(line: string): NoteSignature {
  const [, name = '', base64 = ''] = LINE.exec(line) ?? [];
  const bytes = fromBase64(base64);
  if (!isKeyName(name) || bytes.length <= KEY_ID_BYTES) throw notANote();
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function notANote(): GatewayError {
  return new GatewayError('malformed', { details: 'signed note' });
}
