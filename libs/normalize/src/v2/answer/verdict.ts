import type { MessageHead, V2Fault, V2Parsed } from '../message/message.js';

/** Codes of HL7 table 0357 that we answer with, and what they mean. */
export const ERROR_TEXTS = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  200: 'Unsupported message type',
  201: 'Unsupported event code',
  202: 'Unsupported processing id',
  203: 'Unsupported version id',
  204: 'Unknown key identifier',
  205: 'Duplicate key identifier',
  206: 'Application record locked',
  207: 'Application internal error',
} as const;

/** What is wrong with a message, for its sender. */
export interface AnswerFault {
  readonly code: keyof typeof ERROR_TEXTS;
  /** As paths of cells are: `PID-3[2].4`, `OBX(3)-5`, `MSH`. */
  readonly location: string;
  /** Error, warning, information. */
  readonly severity: 'E' | 'W' | 'I';
}

/**
 * What becomes of a message. `accepted`: it is kept for good. `error`: it could not be kept, the sender may try again.
 * `rejected`: it never will be, as it is.
 */
export interface Verdict {
  readonly outcome: 'accepted' | 'error' | 'rejected';
  readonly faults: readonly AnswerFault[];
}

/** What a sender may send; a list that is absent or empty allows all. */
export interface Accepted {
  /** Values of MSH-12.1. */
  readonly versions?: readonly string[] | undefined;
  /** Values of MSH-11.1. */
  readonly processingIds?: readonly string[] | undefined;
}

const CODES: Readonly<Record<V2Fault['reason'], AnswerFault['code']>> = {
  empty: 100,
  'no-header': 100,
  'bad-delimiters': 100,
  undecodable: 207,
  'too-large': 207,
  'too-many-segments': 207,
  'no-type': 101,
};

/**
 * Whether a message can be kept, by its header alone: bytes that are no message, a header without type or control id, and
 * versions and processing ids that are not accepted are rejected, with all that is wrong.
 */
export function verdictOf(parsed: V2Parsed, accepted: Accepted = {}): Verdict {
  const faults =
    parsed.kind === 'message'
      ? headerFaults(parsed.message.header, accepted)
      : unreadableFaults(parsed.fault, parsed.head);
  return { outcome: faults.length === 0 ? 'accepted' : 'rejected', faults };
}

function headerFaults(head: MessageHead, accepted: Accepted): readonly AnswerFault[] {
  return [
    ...missing('MSH-10', head.controlId),
    ...unaccepted(202, 'MSH-11', head.processingId, accepted.processingIds),
    ...unaccepted(203, 'MSH-12', head.version, accepted.versions),
  ];
}

function unreadableFaults(fault: V2Fault, head: Partial<MessageHead>): readonly AnswerFault[] {
  const lacksId = fault.reason === 'no-type' ? missing('MSH-10', head.controlId) : [];
  return [{ code: CODES[fault.reason], location: fault.location, severity: 'E' }, ...lacksId];
}

function missing(location: string, value: string | undefined): readonly AnswerFault[] {
  return value === undefined ? [{ code: 101, location, severity: 'E' }] : [];
}

function unaccepted(
  code: AnswerFault['code'],
  location: string,
  value: string | undefined,
  allowed: readonly string[] = [],
): readonly AnswerFault[] {
  if (allowed.length === 0) {
    return [];
  }
  const refused: readonly AnswerFault[] =
    value === undefined || allowed.includes(value) ? [] : [{ code, location, severity: 'E' }];
  return [...missing(location, value), ...refused];
}
