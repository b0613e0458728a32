import type { IssueCode, NormaliseIssue } from '../../normalised.js';
import { isSegment, type Line } from './lines.js';
import { ParsedSegment } from './parsed-segment.js';
import type { Grammar } from './part.js';

/** Headers and trailers of files and batches. */
const ENVELOPE = /^(?:FHS|BHS|BTS|FTS)/;
interface Segments {
  readonly segments: readonly ParsedSegment[];
  readonly issues: readonly NormaliseIssue[];
}

/**
 * The segments of one message.
 *
 * @param lines From its header on.
 * @param damaged U+FFFD in them stands for bytes that were not decoded.
 */
export function segmentsOf(lines: readonly Line[], grammar: Grammar, damaged: boolean): Segments {
  const segments: ParsedSegment[] = [];
  const issues: NormaliseIssue[] = [];
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (line.text.startsWith('MSH') && segments.length > 0) {
      issues.push(issueOf('error', 'structure', 'MSH(2)'));
      break;
    }
    if (!isSegment(line.text, grammar.delimiters.field) || ENVELOPE.test(line.text)) {
      issues.push(strayIssue(line));
      continue;
    }
    const name = line.text.slice(0, 3);
    const ordinal = (counts.get(name) ?? 0) + 1;
    counts.set(name, ordinal);
    segments.push(new ParsedSegment(line.text, grammar, { ordinal, position: segments.length }));
    issues.push(...remarksOn(line, ordinal === 1 ? name : `${name}(${ordinal})`, damaged));
  }
  return { segments, issues };
}

/** What is left out because it is no segment of a message; an envelope says nothing about a patient. */
export function strayIssue(line: Line): NormaliseIssue {
  const severity = ENVELOPE.test(line.text) ? 'information' : 'warning';
  return issueOf(severity, 'structure', `line ${line.number}`);
}

export function issueOf(
  severity: NormaliseIssue['severity'],
  code: IssueCode,
  expression: string,
): NormaliseIssue {
  return { severity, code, type: undefined, expression };
}

function remarksOn(line: Line, path: string, damaged: boolean): readonly NormaliseIssue[] {
  const lost = line.cleaned || (damaged && line.text.includes('\ufffd'));
  return [
    ...(line.joined ? [issueOf('warning', 'structure', path)] : []),
    ...(lost ? [issueOf('warning', 'charset', path)] : []),
  ];
}
