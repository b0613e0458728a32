import type { JsonObject } from '#digest';

/** A resource that a source delivered: R4, valid, with our id, and references to our ids. */
export interface DeliveredVersion {
  readonly type: string;
  readonly id: string;
  readonly resource: JsonObject;
  /** SHA-256 of the payload it came in, lower case hexadecimal. */
  readonly upstream: string;
}

/** What one pull or message brought. */
export interface SourceDelivery {
  readonly source: string;
  /** The patient that was asked for; `undefined` for the directory and for messages. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  readonly resources: readonly DeliveredVersion[];
  /** Types of which everything of this patient is here: what is stored beyond it was deleted at the source. */
  readonly completeTypes: readonly string[];
  /** Types that were asked for and answered, complete or not. */
  readonly pulledTypes: readonly string[];
  /** When it was asked for, epoch milliseconds. */
  readonly atMs: number;
}
