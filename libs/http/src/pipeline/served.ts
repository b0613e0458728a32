import type { OutgoingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { ErrorCode } from '#outcome';
import type { Seal, SealableRecord } from '#provenance';

/** What is about to leave. */
export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<OutgoingHttpHeaders>;
  readonly body: Uint8Array;
}

/** An answer and the record that must be durable before it leaves. */
export interface Sealable {
  readonly answer: Rendered;
  readonly record: SealableRecord;
}

/** An answer whose record is in the log. */
export interface SealedAnswer {
  readonly answer: Rendered;
  readonly seal: Seal;
}

/** An answer that may leave: sealed, or one about nobody to nobody (no valid token). */
export type Served =
  | { readonly kind: 'sealed'; readonly sealed: SealedAnswer }
  | { readonly kind: 'unidentified'; readonly answer: Rendered; readonly code: ErrorCode };

/** An answer that goes on after its opening, which is sealed. */
export interface ServedStream {
  readonly kind: 'stream';
  readonly opening: SealedAnswer;
  readonly stream: Readable;
}
