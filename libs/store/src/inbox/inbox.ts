import type { InboxIssue } from '../change.js';

/** What becomes of a message. `received`: waits to be converted. */
export const INBOX_STATES = ['received', 'converted', 'unsupported', 'failed', 'discarded'] as const;

/** What becomes of a message. */
export type InboxState = (typeof INBOX_STATES)[number];

/** A message that is to be kept. */
export interface InboxMessage {
  readonly source: string;
  readonly dialect: 'v2';
  /** As it came. */
  readonly bytes: Uint8Array;
  /** Application and facility, as the message names its sender. */
  readonly sender: string;
  /** MSH-10; empty where the message has none. */
  readonly controlId: string;
  /** `ADT^A01`. */
  readonly message: string;
  /** Keys of the patients that it is about, at the source; stored as opaque text. None: no order is kept. */
  readonly lanes: readonly string[];
  /** What the sender is answered, now and whenever it sends the same bytes again. */
  readonly answer: Uint8Array;
}

/** That a message is kept. */
export interface Receipt {
  /** `duplicate`: the same bytes of the same source were kept before. */
  readonly kind: 'stored' | 'duplicate';
  readonly id: string;
  /** The stored answer: of a duplicate the one that was given first. */
  readonly answer: Uint8Array;
}

/** A message of the inbox, without its bytes. */
export interface InboxEntry {
  readonly id: string;
  /** Order of arrival. */
  readonly seq: bigint;
  readonly source: string;
  readonly dialect: string;
  /** Epoch milliseconds. */
  readonly receivedMs: number;
  readonly sender: string;
  readonly controlId: string;
  readonly message: string;
  /** SHA-256 of the bytes. */
  readonly digest: Uint8Array;
  readonly state: InboxState;
  /** Why it failed or was discarded. Never a value of the message. */
  readonly reason: string | undefined;
  /** The log record that tells of its conversion. */
  readonly recordId: string | undefined;
  /** Conversions that ended, well or not. */
  readonly attempts: number;
  readonly issues: readonly InboxIssue[];
  /** Whether the row is as it was written: `false` where somebody edited it, or put it there, in the database. */
  readonly isIntact: boolean;
}

/** A message of the inbox with its bytes. */
export interface FullInboxEntry extends InboxEntry {
  readonly bytes: Uint8Array;
  readonly answer: Uint8Array;
}

/** Which messages are listed, newest first. */
export interface InboxQuery {
  readonly state?: InboxState | undefined;
  readonly source?: string | undefined;
  /** Those that arrived before this one. */
  readonly beforeSeq?: bigint | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
}

/**
 * Where messages are kept before they are answered.
 *
 * `receive` MUST NOT resolve before the message is durable, MUST keep messages in the order of the calls, and MUST give
 * the stored answer for bytes that the source sent before. A control id that came with other bytes is kept too, with an
 * issue `repeated`.
 */
export interface Inbox {
  /**
   * @throws GatewayError `overloaded` where too much waits or the database does not answer, `integrity-failure` where the
   *   kept duplicate was changed; else what the database threw. Then nobody knows that it is kept: it is to be sent again.
   */
  receive(message: InboxMessage): Promise<Receipt>;
  list(query: InboxQuery): Promise<readonly InboxEntry[]>;
  /** @throws GatewayError `not-found` */
  show(id: string): Promise<FullInboxEntry>;
  /**
   * Lets a message be converted again, in its old place of the order.
   * @throws GatewayError `not-found`, `version-conflict` where it is waiting already, `integrity-failure`
   */
  replay(id: string): Promise<void>;
  /**
   * Takes a message that was not converted out of the queue; it stays listed.
   * @param reason a word or two, nothing about a person
   * @throws GatewayError `not-found`, `version-conflict` where it was converted or discarded, `integrity-failure`
   */
  discard(id: string, reason: string): Promise<void>;
}

/** A message that waits to be converted, without its bytes. */
export interface WaitingMessage {
  readonly id: string;
  readonly source: string;
  /** Epoch milliseconds. */
  readonly receivedMs: number;
  /** Opaque keys of its patients. */
  readonly keys: readonly string[];
}

/** A message to convert, or a row that is not as it was written and MUST NOT be converted. */
export type TakenMessage =
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly source: string;
      readonly bytes: Uint8Array;
      readonly digest: Uint8Array;
      readonly sender: string;
      readonly receivedMs: number;
    }
  | { readonly kind: 'altered'; readonly id: string; readonly source: string };

/**
 * Messages that wait to be converted. That one is converted is written with its record, as a `RowChange` of kind `inbox`,
 * which is refused (`version-conflict`) where the message no longer waits: whoever converts the same message at the same
 * time, it is converted once.
 */
export interface InboxQueue {
  /** The oldest waiting messages of these sources, in order of arrival. */
  waiting(sources: readonly string[], limit: number): Promise<readonly WaitingMessage[]>;
  /** Those of the messages that still wait, with their bytes. */
  take(ids: readonly string[]): Promise<readonly TakenMessage[]>;
  /**
   * Notes that a message cannot be converted. It no longer waits, and holds up no other.
   * @param reason a word, nothing about a person
   * @throws GatewayError `version-conflict` where it no longer waits, `integrity-failure`
   */
  fail(id: string, reason: string, issues: readonly InboxIssue[]): Promise<void>;
}
