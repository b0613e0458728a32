import { bytesOf } from './encode.js';

/** A character set that an escape selects for the text that follows. */
export interface Shift {
  /** The text that was read in the message's character set, as what it was meant. Where that fails: as it was read. */
  decode(text: string, charset: string): string;
}

/** Final bytes of the ISO 2022 designation, hexadecimal → WHATWG label. */
const SINGLE: ReadonlyMap<string, string> = new Map([
  ['2842', 'us-ascii'],
  ['2D41', 'windows-1252'],
  ['2D42', 'iso-8859-2'],
  ['2D43', 'iso-8859-3'],
  ['2D44', 'iso-8859-4'],
  ['2D4C', 'iso-8859-5'],
  ['2D47', 'iso-8859-6'],
  ['2D46', 'iso-8859-7'],
  ['2D48', 'iso-8859-8'],
  ['2D4D', 'windows-1254'],
  ['2D62', 'iso-8859-15'],
]);

/** Sets of seven bits that are shifted to by ISO 2022 sequences in the text. */
const SEVEN_BIT: ReadonlyMap<string, string> = new Map([
  ['284A', '\u001b(J'],
  ['2949', '\u001b(I'],
  ['2849', '\u001b(I'],
  ['2442', '\u001b$B'],
  ['2440', '\u001b$@'],
]);

/**
 * The shift that an escape such as `C2842` or `M2442` asks for.
 *
 * @returns `undefined` where it is no such escape, or of a character set that is not known here.
 * @see HL7 v2.8.2, chapter 2.7.2
 */
export function shiftOf(sequence: string): Shift | undefined {
  const designation = /^(?:C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4}(?:00)?)$/.test(sequence)
    ? sequence.slice(1, 5).toUpperCase()
    : '';
  const label = SINGLE.get(designation);
  if (label !== undefined) {
    return { decode: (text, charset) => reread(text, charset, label) };
  }
  const prefix = SEVEN_BIT.get(designation);
  return prefix === undefined
    ? undefined
    : { decode: (text) => asBytes(bytesOf(`${prefix}${text}\u001b(B`, 'us-ascii'), 'iso-2022-jp') ?? text };
}

/** What was read as Unicode is right as it is. */
function reread(text: string, charset: string, label: string): string {
  const settled = charset.startsWith('utf-') || label === 'us-ascii';
  return settled ? text : (asBytes(bytesOf(text, charset), label) ?? text);
}

function asBytes(bytes: Uint8Array | undefined, label: string): string | undefined {
  try {
    return bytes === undefined ? undefined : new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
