import type { SourcePermit } from '#consent';
import type { JsonObject } from '#digest';

/** A resource that a source delivered, ready to be written. */
export interface DeliveredResource {
  readonly type: string;
  /** Our id, also in `resource.id`. */
  readonly id: string;
  readonly resource: JsonObject;
  /** SHA-256 of the payload it came in, lower case hexadecimal. */
  readonly upstream: string;
}

/** What one pull brought. */
export interface Delivery {
  readonly source: string;
  /** The patient that was asked for; `undefined` for the directory. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  readonly resources: readonly DeliveredResource[];
  /** Types of this patient (or of the directory) of which everything is here: what is stored beyond it was deleted. */
  readonly completeTypes: readonly string[];
  /** Types that were asked for and answered, complete or not. */
  readonly pulledTypes: readonly string[];
  /** When the pull began, epoch milliseconds. */
  readonly atMs: number;
}

/**
 * Where deliveries go: the write path.
 *
 * `accept` MUST write nothing for a resource that equals the stored one, MUST delete what a complete type no longer
 * has, MUST note `atMs` for the pulled types, and MUST be safe to repeat.
 */
export interface IntakeSink {
  accept(permit: SourcePermit, delivery: Delivery): Promise<void>;
  /** When each type of a patient was last pulled, epoch milliseconds; types never pulled are absent. */
  refreshedMs(source: string, sourcePatient: string): Promise<ReadonlyMap<string, number>>;
}
