/** A line of a message. */
export interface Line {
  readonly text: string;
  /** 1-based number among the lines that are not blank. */
  readonly number: number;
  /** Another line was joined to it, which a stray line feed had cut off. */
  readonly joined: boolean;
  /** Control characters in it were replaced by U+FFFD: no FHIR string may hold them. */
  readonly cleaned: boolean;
}

const NAME = /^[A-Z][A-Z0-9]{2}/;
/** Before the header nobody knows the separator: it is none of these. */
const NO_SEPARATOR = /[A-Za-z0-9 ]/;
const HEADER = 'MSH';
const NAME_LENGTH = 3;
/** Framing, padding and indentation. */
const PADDING = /[\s\p{Cc}]/u;
const CONTROL = /[^\P{Cc}\t]/gu;

/**
 * Whether a line begins as a segment does: a name of three capitals or digits, then the separator of fields, or nothing. Any
 * other character, as in `HIV: negative`, makes it text.
 *
 * @param separator What MSH-1 declares; `undefined` before the header is read.
 */
export function isSegment(line: string, separator: string | undefined): boolean {
  if (!NAME.test(line)) return false;
  const next = line.charAt(NAME_LENGTH);
  return next === '' || (separator === undefined ? !NO_SEPARATOR.test(next) : next === separator);
}

/**
 * The lines of a message: they end in CR, as HL7 has it, or in LF or CRLF, as files have it. Where a sender ends segments by
 * CR, a bare LF before what is no segment is part of a field's text.
 *
 * @param most Lines that are wanted; the next one ends the work.
 * @returns At most `most + 1` lines.
 */
export function linesOf(text: string, most: number): readonly Line[] {
  const endsByReturn = /\r(?!\n)/.test(text);
  const lines: { text: string; number: number; joined: boolean; cleaned: boolean }[] = [];
  let end = 0;
  let separator: string | undefined;
  for (const [from, to] of runs(text)) {
    const framed = trimmed(unpadded(text.slice(from, to), separator));
    const line = framed.replaceAll(CONTROL, '\ufffd');
    const cleaned = line !== framed;
    const gap = text.slice(end, from);
    const last = lines.at(-1);
    const isLoose = endsByReturn && !gap.includes('\r') && !isCertain(line, separator);
    end = to;
    if (last !== undefined && isLoose) {
      last.text += gap + line;
      last.joined = true;
      last.cleaned ||= cleaned;
    } else if (line.trim() !== '') {
      lines.push({ text: line, number: lines.length + 1, joined: false, cleaned });
      separator ??= separatorOf(line);
    }
    if (lines.length > most) {
      break;
    }
  }
  return lines;
}

/** A name alone may be a heading within a text. */
function isCertain(line: string, separator: string | undefined): boolean {
  return line.length > NAME_LENGTH && isSegment(line, separator);
}

function separatorOf(line: string): string | undefined {
  return line.startsWith(HEADER) ? line.charAt(NAME_LENGTH) : undefined;
}

/**
 * Where runs of characters other than CR and LF begin and end. A regular expression would go back over millions of
 * characters, for which the engine has no room.
 */
function* runs(text: string): Generator<readonly [from: number, to: number]> {
  const next = { '\r': -1, '\n': -1 };
  const find = (end: '\r' | '\n', from: number): number => {
    if (next[end] < from) {
      const at = text.indexOf(end, from);
      next[end] = at === -1 ? text.length : at;
    }
    return next[end];
  };
  for (let from = 0; from < text.length;) {
    const to = Math.min(find('\r', from), find('\n', from));
    if (to > from) yield [from, to];
    from = to + 1;
  }
}

/** Without what stands before a segment's name; what is no segment is left as it is. */
function unpadded(line: string, separator: string | undefined): string {
  let start = 0;
  while (start < line.length && PADDING.test(line.charAt(start))) {
    start += 1;
  }
  return start > 0 && isSegment(line.slice(start, start + NAME_LENGTH + 1), separator)
    ? line.slice(start)
    : line;
}

/** Without the control characters at its end: a regular expression would try each run of them anew. */
function trimmed(line: string): string {
  let end = line.length;
  while (end > 0 && line.charAt(end - 1) < ' ') {
    end -= 1;
  }
  return line.slice(0, end);
}
