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

/** A name and the separator, or the name alone. */
const SEGMENT = /^[A-Z][A-Z0-9]{2}(?![A-Za-z0-9 ])/;
/** Framing, padding and indentation. */
const PADDING = /[\s\p{Cc}]/u;
const CONTROL = /[^\P{Cc}\t]/gu;

/** Whether a line begins as a segment does: three capitals or digits, then neither. */
export function isSegment(line: string): boolean {
  return SEGMENT.test(line);
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
  for (const [from, to] of runs(text)) {
    const framed = trimmed(unpadded(text.slice(from, to)));
    const line = framed.replaceAll(CONTROL, '\ufffd');
    const cleaned = line !== framed;
    const gap = text.slice(end, from);
    const last = lines.at(-1);
    const isLoose = endsByReturn && !gap.includes('\r') && !isSegment(line);
    end = to;
    if (last !== undefined && isLoose) {
      last.text += gap + line;
      last.joined = true;
      last.cleaned ||= cleaned;
    } else if (line.trim() !== '') {
      lines.push({ text: line, number: lines.length + 1, joined: false, cleaned });
    }
    if (lines.length > most) {
      break;
    }
  }
  return lines;
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
function unpadded(line: string): string {
  let start = 0;
  while (start < line.length && PADDING.test(line.charAt(start))) {
    start += 1;
  }
  return start > 0 && isSegment(line.slice(start, start + 4)) ? line.slice(start) : line;
}

/** Without the control characters at its end: a regular expression would try each run of them anew. */
function trimmed(line: string): string {
  let end = line.length;
  while (end > 0 && line.charAt(end - 1) < ' ') {
    end -= 1;
  }
  return line.slice(0, end);
}
