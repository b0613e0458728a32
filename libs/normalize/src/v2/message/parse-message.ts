import { decode, type Decoded } from './decode.js';
import { assumedDelimiters, delimitersOf } from './delimiters.js';
import { headOf } from './head.js';
import { V2_LIMITS } from './limits.js';
import { isSegment, linesOf, type Line } from './lines.js';
import type { MessageHead, V2Fault, V2Message, V2Parsed } from './message.js';
import { oversized } from './oversized.js';
import { ParsedSegment } from './parsed-segment.js';
import { grammarOf, type Grammar } from './part.js';
import { issueOf, segmentsOf, strayIssue } from './segments.js';

/** What is known of a sender's bytes beforehand. */
export interface ParseOptions {
  /** WHATWG label of the character set where MSH-18 is empty. */
  readonly charset?: string | undefined;
}

type Unreadable = Extract<V2Parsed, { kind: 'fault' }>;

/** What is known once the header has been read. */
interface Opened {
  readonly decoded: Decoded;
  readonly grammar: Grammar;
  readonly head: MessageHead;
  /** From the header on. */
  readonly lines: readonly Line[];
  readonly before: readonly Line[];
}

/**
 * Parses one message of HL7 v2. Never throws; takes time in proportion to the bytes: fields are cut when they are read.
 * What precedes the header, follows a second one, or is no segment is left out, with an issue `structure`.
 *
 * @returns A message, or the first fault that makes it none.
 * @see HL7 v2.8.2, chapter 2
 */
export function parseMessage(bytes: Uint8Array, options: ParseOptions = {}): V2Parsed {
  const opened = open(bytes, options);
  return 'kind' in opened ? opened : read(opened);
}

function open(bytes: Uint8Array, options: ParseOptions): Opened | Unreadable {
  if (bytes.length > V2_LIMITS.bytes) {
    return unreadable('too-large', 'MSH');
  }
  const decoded = decode(bytes, options.charset);
  if (decoded === undefined) {
    return unreadable('undecodable', 'MSH-18');
  }
  const lines = linesOf(decoded.text, V2_LIMITS.segments);
  const start = lines.findIndex((line) => line.text.startsWith('MSH'));
  const header = lines[start]?.text;
  if (header === undefined) {
    return unreadable(lines.length === 0 ? 'empty' : 'no-header', 'MSH');
  }
  const declared = delimitersOf(header);
  const grammar = grammarOf(declared ?? assumedDelimiters(header), decoded.charset);
  if (oversized(header, grammar.delimiters)) {
    return unreadable('too-large', 'MSH');
  }
  const head = headOf(new ParsedSegment(header, grammar, { ordinal: 1, position: 0 }), grammar);
  if (declared === undefined) {
    return { ...unreadable('bad-delimiters', header.length < 4 ? 'MSH-1' : 'MSH-2'), head };
  }
  return { decoded, grammar, head, lines: lines.slice(start), before: lines.slice(0, start) };
}

function unreadable(reason: V2Fault['reason'], location: string): Unreadable {
  return { kind: 'fault', fault: { reason, location }, head: {} };
}

function read(opened: Opened): V2Parsed {
  const { decoded, grammar, head } = opened;
  const fault = faultOf(opened);
  if (fault !== undefined) {
    return { kind: 'fault', fault, head, delimiters: grammar.delimiters };
  }
  const { segments, issues } = segmentsOf(opened.lines, grammar, decoded.damaged);
  const disputed = decoded.disputed ? [issueOf('warning', 'charset', 'MSH-18')] : [];
  const message: V2Message = {
    delimiters: grammar.delimiters,
    segments,
    header: head,
    charset: decoded.charset,
    issues: [...disputed, ...opened.before.map(strayIssue), ...issues].slice(0, V2_LIMITS.issues),
    unread: () => unreadOf(segments),
  };
  return { kind: 'message', message };
}

function faultOf({ lines, grammar, head }: Opened): V2Fault | undefined {
  if (lines.length > V2_LIMITS.segments) {
    return { reason: 'too-many-segments', location: 'MSH' };
  }
  const large = lines.find((line) => oversized(line.text, grammar.delimiters));
  if (large !== undefined) {
    const isNamed = isSegment(large.text, grammar.delimiters.field);
    return { reason: 'too-large', location: isNamed ? large.text.slice(0, 3) : 'MSH' };
  }
  return head.code === undefined ? { reason: 'no-type', location: 'MSH-9' } : undefined;
}

function unreadOf(segments: readonly ParsedSegment[]): readonly string[] {
  const list: string[] = [];
  for (const segment of segments) {
    segment.listUnread(list, V2_LIMITS.unread);
  }
  return list;
}
