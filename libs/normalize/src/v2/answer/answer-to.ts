import { USUAL_DELIMITERS } from '../message/delimiters.js';
import { bytesOf } from '../message/encode.js';
import { escape } from '../message/escape.js';
import type { Delimiters, MessageHead, V2Message, V2Parsed } from '../message/message.js';
import { errorSegments } from './error-segments.js';
import { ERROR_TEXTS, type Verdict } from './verdict.js';
import { answerVersion, isSince } from './version.js';

/** Who answers, and what is new in each answer. */
export interface Answering {
  /** Named where the message does not say whom it was sent to. */
  readonly application: string;
  readonly facility: string;
  /** The answer's own control id, MSH-10: at most 20 characters. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly timeMs: number;
}

/** What of a message the answer repeats, as it was written. */
interface Echo {
  readonly delimiters: Delimiters;
  readonly charset: string;
  readonly head: Partial<MessageHead>;
  /** A field of MSH, with its escapes. */
  readonly field: (number: 3 | 4 | 5 | 6 | 10 | 11 | 18) => string;
}

/**
 * The answer to a message, or to bytes that are none: `MSH`, `MSA`, and `ERR` for each fault. It is written as the message was:
 * version, delimiters, character set, with sender and receiver changed over.
 *
 * In the original mode it is AA, AE or AR. Where MSH-15 or MSH-16 ask for the enhanced mode it is the accept
 * acknowledgement (CA, CE, CR) if MSH-15 wants one for this verdict, else the application acknowledgement if MSH-16 does.
 *
 * @returns Bytes without framing; `undefined` where the sender wants no answer.
 * @see HL7 v2.8.2, chapter 2.9
 */
export function answerTo(parsed: V2Parsed, verdict: Verdict, own: Answering): Uint8Array | undefined {
  const echo = parsed.kind === 'message' ? echoOf(parsed.message) : echoOfFault(parsed);
  const code = codeOf(echo.head, verdict.outcome);
  if (code === undefined) {
    return undefined;
  }
  const { delimiters } = echo;
  const version = answerVersion(echo.head.version);
  const [first] = verdict.faults;
  const text = first === undefined || isSince(version, '2.5') ? '' : ERROR_TEXTS[first.code];
  const segments = [
    header(echo, version, own),
    ['MSA', code, echo.field(10), escape(text, delimiters)],
    ...errorSegments(verdict.faults, version, delimiters),
  ];
  return encoded(segments.map((fields) => lineOf(fields, delimiters.field)).join(''), echo.charset);
}

function echoOf(message: V2Message): Echo {
  const { delimiters, charset, header: head, segments } = message;
  const field = (number: number): string => {
    const cells = segments[0]?.field(number) ?? [];
    return cells.map((cell) => cell.raw.trim()).join(delimiters.repetition);
  };
  return { delimiters, charset, head, field };
}

function echoOfFault({ head, delimiters = USUAL_DELIMITERS }: Extract<V2Parsed, { kind: 'fault' }>): Echo {
  const fields: Readonly<Record<number, string | undefined>> = {
    3: head.sendingApplication,
    4: head.sendingFacility,
    5: head.receivingApplication,
    6: head.receivingFacility,
    10: head.controlId,
    11: head.processingId,
  };
  return {
    delimiters,
    charset: 'utf-8',
    head,
    field: (number) => escape(fields[number] ?? '', delimiters),
  };
}

/** MSA-1, by HL7 tables 0008 and 0155. */
function codeOf(head: Partial<MessageHead>, outcome: Verdict['outcome']): string | undefined {
  const letter = { accepted: 'A', error: 'E', rejected: 'R' }[outcome];
  const { acceptAck, applicationAck } = head;
  if (acceptAck === undefined && applicationAck === undefined) {
    return `A${letter}`;
  }
  if (wants(acceptAck, outcome)) {
    return `C${letter}`;
  }
  return wants(applicationAck, outcome) ? `A${letter}` : undefined;
}

/** Whether a condition is met; one that table 0155 does not know asks for an answer. */
function wants(condition: string | undefined, outcome: Verdict['outcome']): boolean {
  switch (condition) {
    case undefined:
    case 'NE':
      return false;
    case 'ER':
      return outcome !== 'accepted';
    case 'SU':
      return outcome === 'accepted';
    default:
      return true;
  }
}

function header({ delimiters, head, field }: Echo, version: string, own: Answering): readonly string[] {
  const { component, repetition, subcomponent, truncation = '' } = delimiters;
  const mark = delimiters.escape ?? '';
  const charset = field(18);
  return [
    'MSH',
    `${component}${repetition}${mark}${subcomponent}${truncation}`,
    field(5) || escape(own.application, delimiters),
    field(6) || escape(own.facility, delimiters),
    field(3),
    field(4),
    timestamp(own.timeMs),
    '',
    typeOf(head.trigger, version, delimiters),
    escape(own.id, delimiters),
    field(11) || 'P',
    version,
    ...(charset === '' ? [] : ['', '', '', '', '', charset]),
  ];
}

/** `ACK`, with the trigger since v2.2 and the structure since v2.3.1. */
function typeOf(trigger: string | undefined, version: string, delimiters: Delimiters): string {
  if (trigger === undefined || !isSince(version, '2.2')) {
    return 'ACK';
  }
  const structure = isSince(version, '2.3.1') ? ['ACK'] : [];
  return ['ACK', escape(trigger, delimiters), ...structure].join(delimiters.component);
}

function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0000`;
}

/** A line end within what is repeated would begin a segment of the sender's making. */
function lineOf(fields: readonly string[], separator: string): string {
  const line = fields.join(separator).replaceAll(/[\r\n]/g, ' ');
  let end = line.length;
  while (line.endsWith(separator, end)) {
    end -= 1;
  }
  return `${line.slice(0, end)}\r`;
}

/** Characters that the sender's character set lacks become question marks. */
function encoded(text: string, charset: string): Uint8Array {
  const whole = bytesOf(text, charset);
  const question = bytesOf('?', charset) ?? Uint8Array.of(0x3f);
  return whole ?? Buffer.concat(Array.from(text, (character) => bytesOf(character, charset) ?? question));
}
