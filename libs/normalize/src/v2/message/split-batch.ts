import { wideCharset } from './decode.js';
import { V2_LIMITS } from './limits.js';

/** What begins a message, or is a part of an envelope. */
const NAMES: ReadonlyMap<string, Mark['kind']> = new Map([
  ['MSH', 'message'],
  ['FHS', 'header'],
  ['BHS', 'header'],
  ['BTS', 'trailer'],
  ['FTS', 'trailer'],
]);
/** What the header of an envelope may be followed by, of itself. */
const OF_HEADER = new Set(['SFT', 'UAC']);
/** A separator and what is separated further. */
const DELIMITERS = 5;

/** Where something begins, and where the next begins; offsets in characters. */
interface Mark {
  readonly from: number;
  to: number;
  readonly kind: 'message' | 'header' | 'trailer';
  /** Of an envelope: whether there is nothing before the next mark that is not of the envelope. */
  isBare: boolean;
}

/** What headers have declared. */
interface Known {
  readonly separators: Set<string>;
  readonly delimiters: Set<string>;
}

/** A line, without what precedes its first character that means something. */
interface Line {
  readonly from: number;
  readonly start: number;
  readonly to: number;
  /** A bare line feed is before it, though lines end in CR: it may stand inside a field. */
  readonly isLoose: boolean;
}

/**
 * The single messages in a payload: several after each other, or in a batch or a file of batches, whose headers and trailers
 * are left out. Bytes are neither changed nor put in another order, and nothing else is left out: what precedes the first
 * message stays with it, as does what stands behind the header of an envelope; what follows a trailer, or the
 * `V2_LIMITS.batch`-th message, stays with the last.
 *
 * @returns Views of `bytes`. The payload itself where it is one message without an envelope, or none at all.
 * @see HL7 v2.8.2, chapter 2.10.3
 */
export function splitBatch(bytes: Uint8Array): readonly Uint8Array[] {
  const wide = wideCharset(bytes);
  // One character for each byte, or pair of bytes: an index in the text is a place in the bytes.
  const text =
    wide === undefined
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
      : new TextDecoder(wide, { ignoreBOM: true }).decode(bytes);
  const width = wide === undefined ? 1 : 2;
  const pieces = piecesOf(marksOf(text), text.length);
  const [only, ...others] = pieces;
  const isWhole = only?.from === 0 && only.to === text.length && others.length === 0;
  if (only === undefined || isWhole) return [bytes];
  return pieces.map(({ from, to }) =>
    bytes.subarray(from * width, to === text.length ? bytes.length : to * width),
  );
}

/** Bare envelopes are passed over; what is not goes to a message beside it. */
function piecesOf(
  marks: readonly Mark[],
  length: number,
): readonly { readonly from: number; readonly to: number }[] {
  const pieces: { from: number; to: number }[] = [];
  let pending: number | undefined;
  for (const { kind, from, to, isBare } of marks) {
    const last = pieces.at(-1);
    if (kind === 'message') {
      pieces.push({ from: pending ?? from, to });
      pending = undefined;
    } else if (isBare) {
      continue;
    } else if (kind === 'header' || last === undefined) {
      pending ??= from;
    } else {
      last.to = to;
      pending = undefined;
    }
  }
  const last = pieces.at(-1);
  if (pending !== undefined && last !== undefined) last.to = length;
  return pieces;
}

function marksOf(text: string): readonly Mark[] {
  const marks: Mark[] = [];
  const known: Known = { separators: new Set(), delimiters: new Set() };
  let messages = 0;
  for (const line of linesOf(text)) {
    if (line.start === line.to) continue;
    const kind = kindOf(text, line, known);
    messages += kind === 'message' ? 1 : 0;
    if (kind === undefined || messages > V2_LIMITS.batch) {
      follow(marks, text.slice(line.start, line.start + 3), text.length);
    } else {
      begin(marks, kind, line.from, text.length);
      if (kind !== 'trailer') note(known, delimitersAt(text, line.start));
    }
    if (messages > V2_LIMITS.batch) break;
  }
  return marks;
}

/** What precedes the first message stays with it. */
function begin(marks: Mark[], kind: Mark['kind'], from: number, to: number): void {
  const last = marks.at(-1);
  if (last !== undefined) last.to = from;
  marks.push({ from: last === undefined && kind === 'message' ? 0 : from, to, kind, isBare: true });
}

/** A line that begins nothing. What precedes the first mark is like the header of an envelope that is not bare. */
function follow(marks: Mark[], name: string, to: number): void {
  const last = marks.at(-1);
  if (last === undefined) marks.push({ from: 0, to, kind: 'header', isBare: false });
  else if (last.kind !== 'header' || !OF_HEADER.has(name)) last.isBare = false;
}

/**
 * What a line begins, if anything. A word of a text is none of these names: a header's is followed by delimiters, a trailer's
 * by nothing or by a separator that is known. Where a line feed may be part of a text, only a header counts, with the same
 * delimiters as one before.
 */
function kindOf(text: string, line: Line, known: Known): Mark['kind'] | undefined {
  const kind = NAMES.get(text.slice(line.start, line.start + 3));
  if (kind === undefined) return undefined;
  return (kind === 'trailer' ? isTrailer(text, line, known) : isHeader(text, line, known)) ? kind : undefined;
}

function isTrailer(text: string, { start, to, isLoose }: Line, { separators }: Known): boolean {
  const isAlone = startAt(text, start + 3, to) === to;
  return !isLoose && (isAlone || separators.has(text.charAt(start + 3)));
}

function isHeader(text: string, { start, to, isLoose }: Line, { delimiters }: Known): boolean {
  if (isLoose) return delimiters.has(delimitersAt(text, start));
  const separator = text.charAt(start + 3);
  const isOdd = separator !== '|' && start + 4 < to && !isPunctuation(text.charAt(start + 4));
  return isPunctuation(separator) && !isOdd;
}

function note({ separators, delimiters }: Known, found: string): void {
  separators.add(found.charAt(0));
  delimiters.add(found);
}

function delimitersAt(text: string, start: number): string {
  return text.slice(start + 3, start + 3 + DELIMITERS);
}

/** Whether a character is printed, and neither letter nor digit. */
function isPunctuation(character: string): boolean {
  return /^[!-~]$/.test(character) && !/[A-Za-z0-9]/.test(character);
}

/** Lines as HL7 and files end them. No regular expression: over millions of characters it would have no room. */
function* linesOf(text: string): Generator<Line> {
  const endsByReturn = /\r(?!\n)/.test(text);
  let hasReturn = true;
  for (let from = 0; from < text.length;) {
    const to = endOf(text, from);
    if (to > from) {
      yield { from, start: startAt(text, from, to), to, isLoose: endsByReturn && !hasReturn };
      hasReturn = false;
    }
    hasReturn ||= text.charAt(to) === '\r';
    from = to + 1;
  }
}

/** Where the next CR or LF is. */
function endOf(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isEnd(text.charCodeAt(at))) at += 1;
  return at;
}

function isEnd(code: number): boolean {
  return code === 0x0a || code === 0x0d;
}

/** Where something stands that is no framing, byte order mark or indentation. */
function startAt(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && isPadding(text.charCodeAt(at))) at += 1;
  return at;
}

function isPadding(code: number): boolean {
  const isBlank = code <= 0x20 || (code >= 0x7f && code <= 0xa0);
  return isBlank || code === 0xfeff || code === 0xef || code === 0xbb || code === 0xbf;
}
