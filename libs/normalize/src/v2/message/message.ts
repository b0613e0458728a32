import type { NormaliseIssue } from '../../normalised.js';

/**
 * Characters that MSH-1 and MSH-2 declare.
 * @see HL7 v2.8.2, chapter 2.5.4
 */
export interface Delimiters {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  /** `undefined` where MSH-2 declares none (`^~&`): then nothing is unescaped. */
  readonly escape: string | undefined;
  readonly subcomponent: string;
  /** Fifth character of MSH-2, since v2.7. */
  readonly truncation: string | undefined;
}

/**
 * A place in a message: one repetition of a field, a component or a subcomponent. Reading a value is noted in the
 * message's `read`, so that what nobody read can be listed at the end.
 */
export interface Cell {
  /** `PID-3[2].4.1`; of the n-th segment of its name, where it is not the first: `OBX(3)-5`. */
  readonly path: string;
  /** Nothing between the delimiters: unchanged, by HL7. */
  readonly isEmpty: boolean;
  /** The two characters `""`: delete, by HL7. */
  readonly isNull: boolean;
  /** What stands between the delimiters as it was written, escapes and all. Reading it notes nothing. */
  readonly raw: string;
  /** Component of a repetition, subcomponent of a component; 1-based. A cell without such parts is its own first one. */
  at(part: number): Cell;
  /** How many parts stand here, at least 1. */
  readonly parts: number;
  /** The unescaped value of the first leaf, trimmed; `undefined` where empty or null. Notes it as read. */
  value(): string | undefined;
  /** All of the cell as one text, delimiters below it taken literally, unescaped: for ST, TX and FT. Notes all leaves as read. */
  text(): string | undefined;
  /** Notes all leaves below as read without taking them: for what a map deals with by other means. */
  skip(): void;
}

/** One segment. */
export interface Segment {
  readonly name: string;
  /** 1-based number among the segments of the same name in the message. */
  readonly ordinal: number;
  /** 0-based position in the message. */
  readonly position: number;
  /** Highest field number that stands there. */
  readonly size: number;
  /** Repetitions of field `number` (1-based, MSH-1 is the separator); none where the field is empty. */
  field(number: number): readonly Cell[];
  /** First repetition; an empty cell where there is none. */
  first(number: number): Cell;
}

/** A parsed message. */
export interface V2Message {
  readonly delimiters: Delimiters;
  readonly segments: readonly Segment[];
  readonly header: MessageHead;
  /** The character set that was decoded, as its WHATWG label. */
  readonly charset: string;
  /** Remarks about bytes and structure. */
  readonly issues: readonly NormaliseIssue[];
  /** Populated leaves that nobody read, by path, in the order of the message. Never listed: MSH-1, MSH-2, set ids. */
  unread(): readonly string[];
}

/** What of MSH decides about answer and route; read without being noted. Absent parts are `undefined`. */
export interface MessageHead {
  readonly sendingApplication: string | undefined;
  readonly sendingFacility: string | undefined;
  readonly receivingApplication: string | undefined;
  readonly receivingFacility: string | undefined;
  /** MSH-7 as written. */
  readonly time: string | undefined;
  /** MSH-9.1, `ADT`. */
  readonly code: string | undefined;
  /** MSH-9.2, `A01`. */
  readonly trigger: string | undefined;
  /** MSH-9.3 as written, `ADT_A01`. */
  readonly structure: string | undefined;
  /** MSH-10. */
  readonly controlId: string | undefined;
  /** MSH-11.1. */
  readonly processingId: string | undefined;
  /** MSH-12.1. */
  readonly version: string | undefined;
  /** MSH-13. */
  readonly sequence: string | undefined;
  /** MSH-15 and MSH-16. */
  readonly acceptAck: string | undefined;
  readonly applicationAck: string | undefined;
}

/** Why bytes are no message. `location` is that of ERR-2 (`MSH-1`), never a value. */
export interface V2Fault {
  readonly reason:
    'empty' | 'no-header' | 'bad-delimiters' | 'undecodable' | 'too-large' | 'too-many-segments' | 'no-type';
  readonly location: string;
}

/** A parse: a message, or why there is none. Never throws. */
export type V2Parsed =
  | { readonly kind: 'message'; readonly message: V2Message }
  | {
      readonly kind: 'fault';
      readonly fault: V2Fault;
      readonly head: Partial<MessageHead>;
      /** What the header declares, where it could be read. */
      readonly delimiters?: Delimiters;
    };
