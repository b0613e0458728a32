import type { SourcePermit } from '#consent';
import type { Delivery } from '#ehr';
import type { ErrorCode } from '#outcome';
import type { AppendItem, Seal } from '#provenance';
import type { RowChange, SettledVersion, Settlement } from '#store';

/** What came of a write at a source, as its outcome is recorded. */
export type WriteCame =
  /** `version`: what stands there now. */
  | { readonly kind: 'done'; readonly version: SettledVersion; readonly settlement: Settlement }
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** It never came to be looked at: the same request may be tried again. */
  | { readonly kind: 'not-written'; readonly code: ErrorCode; readonly retryAfterS: number | undefined }
  | { readonly kind: 'unknown'; readonly code: ErrorCode };

/** The part of the intake that ends writes. */
export interface Settling {
  settle(
    permit: SourcePermit,
    delivery: Delivery,
    item: (settlement: Settlement) => AppendItem<RowChange>,
  ): Promise<Seal>;
}

/** Status of an answer to a write that was done. */
export const DONE_STATUS = { create: 201, update: 200, patch: 200, delete: 204 } as const;
