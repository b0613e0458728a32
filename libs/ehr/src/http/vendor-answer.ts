import type { Recorder } from './recorder.js';
import type { VendorFailure } from './vendor-failure.js';

/** A write as it is sent. */
export interface VendorRequest {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** Absolute, on the base's origin. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8. */
  readonly body: Uint8Array | undefined;
}

/** What came back for a write: an answer, whatever it says, or none. */
export type VendorAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly etag: string | undefined;
      readonly location: string | undefined;
      readonly retryAfter: string | null;
      /** `undefined` where the body did not come whole, or cannot be used. */
      readonly bytes: Uint8Array | undefined;
    }
  /** `wasSent`: it may have been received. */
  | { readonly kind: 'lost'; readonly wasSent: boolean; readonly failure: VendorFailure };

/** Reads what a recorder heard of a write; `failed`: what was thrown meanwhile. */
export function writtenOf(recorder: Recorder, failed: VendorFailure | undefined): VendorAnswer {
  const head = recorder.head();
  if (head === undefined || (head.status >= 300 && head.status < 400)) {
    return { kind: 'lost', wasSent: recorder.wasSent(), failure: failed ?? LOST };
  }
  // An error status is thrown too, with its body whole.
  const isWhole = recorder.fault() === undefined && (failed === undefined || failed.status === head.status);
  const bytes = isWhole ? recorder.bytes() : undefined;
  return { kind: 'answer', ...head, retryAfter: failed?.retryAfter ?? null, bytes };
}

const LOST: VendorFailure = {
  code: 'source-unavailable',
  reason: 'no answer',
  again: false,
  status: undefined,
  retryAfter: null,
};
