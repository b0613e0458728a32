import { lettersOf } from './escape.js';
import type { Delimiters } from './message.js';
import { shiftOf, type Shift } from './shift.js';

/** What a text is written in. */
export interface Notation {
  readonly delimiters: Delimiters;
  /** WHATWG label: what hexadecimal escapes are bytes of. */
  readonly charset: string;
}

/** Commands that begin lines (but for `.sp` and `.sk` none has a count that matters), put spaces, and are looks alone. */
const COMMAND = /^\.(?:(br|ce|sp)|(sk)|in|ti|fi|nf) ?\+?-?(\d{1,3})?$/i;
/** Lines or spaces that one escape may stand for; more is kept verbatim. */
const MOST = 100;
/** Control characters that no FHIR string may hold. */
const CONTROL = /[^\P{Cc}\t\n\r]/u;

/**
 * Takes the escapes out of a text. Delimiters, hexadecimal bytes and line formatting become characters, highlighting goes,
 * shifts of the character set are followed; what is unknown, or would give a control character, stays as it is written.
 * Takes time in proportion to the text.
 *
 * @see HL7 v2.8.2, chapter 2.7
 */
export function unescape(text: string, notation: Notation): string {
  const { escape } = notation.delimiters;
  if (escape === undefined || !text.includes(escape)) {
    return text;
  }
  const pieces = text.split(escape);
  const output = new Output(pieces[0] ?? '', notation.charset);
  for (let index = 1; index < pieces.length; index += 1) {
    const sequence = pieces[index] ?? '';
    const following = pieces[index + 1];
    const meaning = following === undefined ? undefined : meaningOf(sequence, notation);
    if (meaning === undefined) {
      // No escape: the next delimiter may yet open one.
      output.add(escape + sequence);
    } else {
      output.take(meaning);
      output.add(following ?? '');
      index += 1;
    }
  }
  return output.finished();
}

/** What stands between two escape characters, as text; `undefined` where it is no escape. */
function meaningOf(sequence: string, notation: Notation): string | Shift | undefined {
  if (sequence.length === 1) {
    return sequence === 'H' || sequence === 'N'
      ? ''
      : lettersOf(notation.delimiters).find(([letter]) => letter === sequence)?.[1];
  }
  return sequence.startsWith('.')
    ? formatting(sequence)
    : (hexadecimal(sequence, notation.charset) ?? shiftOf(sequence));
}

/** Commands of formatted text. Indents, fill modes and centring are looks; lines and spaces are kept. */
function formatting(sequence: string): string | undefined {
  const [whole, line, space, count = '1'] = COMMAND.exec(sequence) ?? [];
  const times = Number(count);
  if (whole === undefined || times > MOST) {
    return undefined;
  }
  if (line !== undefined) {
    return '\n'.repeat(times);
  }
  return space === undefined ? '' : ' '.repeat(times);
}

/** `X0D0A`: bytes of the message's character set. */
function hexadecimal(sequence: string, charset: string): string | undefined {
  if (!/^X(?:[0-9A-Fa-f]{2})+$/.test(sequence)) {
    return undefined;
  }
  const decoded = charactersOf(Buffer.from(sequence.slice(1), 'hex'), charset);
  return decoded === undefined || CONTROL.test(decoded) ? undefined : decoded;
}

function charactersOf(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Text so far; what follows a shift is collected, since it is decoded as one. */
class Output {
  readonly #charset: string;
  #text: string;
  #shift: Shift | undefined;
  #shifted = '';

  constructor(text: string, charset: string) {
    this.#text = text;
    this.#charset = charset;
  }

  add(text: string): void {
    if (this.#shift === undefined) {
      this.#text += text;
    } else {
      this.#shifted += text;
    }
  }

  take(meaning: string | Shift): void {
    if (typeof meaning === 'string') {
      this.add(meaning);
    } else {
      this.finished();
      this.#shift = meaning;
    }
  }

  finished(): string {
    this.#text += this.#shift?.decode(this.#shifted, this.#charset) ?? '';
    this.#shift = undefined;
    this.#shifted = '';
    return this.#text;
  }
}
