import type { ServePermit } from '#consent';
import type { JsonObject } from '#digest';
import type { ErrorCode } from '#outcome';
import type { SealableRecord, Seal } from '#provenance';
import type { KeyedWrite, RulesSeen, SettledVersion, Settlement, WriteInteraction } from '#store';

/** What came of a write at its source. */
export type VendorCame =
  | { readonly kind: 'done'; readonly version: SettledVersion; readonly settlement: Settlement }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  | { readonly kind: 'not-written'; readonly code: ErrorCode; readonly retryAfterS: number | undefined }
  | { readonly kind: 'unknown'; readonly code: ErrorCode };

/** A write that its source must take, in our own ids. */
export interface VendorWriteAsked {
  readonly permit: ServePermit;
  /** Versions of the persons' rules that the decision was made by. */
  readonly judgedBy: RulesSeen['persons'];
  readonly source: string;
  readonly interaction: WriteInteraction;
  readonly type: string;
  readonly id: string | undefined;
  readonly patient: string;
  readonly resource: JsonObject | undefined;
  readonly client: string;
  readonly clientKey: string | undefined;
  readonly request: Uint8Array;
  readonly story: {
    intent(): Promise<SealableRecord>;
    outcome(came: VendorCame, leaf: string): SealableRecord;
  };
}

/** How it ended; `reference` is opaque. */
export type VendorEnd =
  | { readonly kind: 'sealed'; readonly came: VendorCame; readonly seal: Seal; readonly reference: string }
  | { readonly kind: 'again'; readonly write: KeyedWrite }
  | { readonly kind: 'other-request' };

/** Writes to sources that own what is written. */
export interface VendorWrites {
  takes(source: string, type: string, interaction: WriteInteraction): boolean;
  /** The one source that has the patient and takes what is created of her. */
  takerOf(patient: string, type: string): Promise<string | undefined>;
  write(asked: VendorWriteAsked): Promise<VendorEnd>;
}
