import type { SourcePermit } from '#consent';
import type { JsonObject } from '#digest';
import type { NormaliseIssue, PatientMerge } from '#normalize';

/** A resource that a source delivered, ready to be written. */
export interface DeliveredResource {
  readonly type: string;
  /** Our id, also in `resource.id`. */
  readonly id: string;
  readonly resource: JsonObject;
  /** SHA-256 of the payload it came in, lower case hexadecimal. */
  readonly upstream: string;
  /** How it meets what is stored. Absent: it replaces it whole. */
  readonly mode?: 'merge' | undefined;
  /** With `merge`: what the sender deleted: top-level elements, or `extension(url)`, `identifier(system)`, `telecom(use)`. */
  readonly cleared?: readonly string[] | undefined;
  /** With `merge`: top-level elements that count only where nothing is stored. */
  readonly assumed?: readonly string[] | undefined;
}

/** What a message's resources were made from, and by what. */
export interface Lineage {
  /** SHA-256 of the message as it came, lower case hexadecimal. */
  readonly digest: string;
  /** Who sent it, as the message says: application and facility. */
  readonly sender: string;
  readonly converter: { readonly name: string; readonly version: string; readonly maps: string };
  /** The inbox row that keeps the message. */
  readonly inboxId: string;
}

/** What becomes of a message in the inbox. */
export interface InboxOutcome {
  readonly kind: 'inbox';
  readonly id: string;
  readonly state: 'converted' | 'unsupported';
  readonly issues: readonly InboxIssue[];
}

/** A remark of the normaliser or of the intake. */
export type InboxIssue = Omit<NormaliseIssue, 'code'> & { readonly code: string };

/** What one pull or message brought. */
export interface Delivery {
  readonly source: string;
  /** The patient that was asked for, or whom a message is about; `undefined` for the directory. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  readonly resources: readonly DeliveredResource[];
  /** Types of this patient (or of the directory) of which everything is here: what is stored beyond it was deleted. */
  readonly completeTypes: readonly string[];
  /** What the source was seen to hold no more, by our ids. */
  readonly deleted?: readonly { readonly type: string; readonly id: string }[] | undefined;
  /** Types that were asked for and answered, complete or not. */
  readonly pulledTypes: readonly string[];
  /** When the pull began, or the message came, epoch milliseconds. */
  readonly atMs: number;
  /** When it happened at the source, epoch milliseconds: what is older than what is stored does not overwrite it. */
  readonly eventMs?: number | undefined;
  /** Patients that the source declares to be one. */
  readonly merges?: readonly PatientMerge[] | undefined;
  /** Of a message: recorded even where nothing changes. */
  readonly lineage?: Lineage | undefined;
  /** Applied together with the rest. */
  readonly inbox?: InboxOutcome | undefined;
}

/** What became of a delivery. */
export interface Accepted {
  readonly versions: readonly { readonly type: string; readonly id: string; readonly versionId: string }[];
  /** What the intake itself remarked: `late`, where a newer version is stored. */
  readonly issues: readonly InboxIssue[];
}

/**
 * Where deliveries go: the write path.
 *
 * `accept` MUST write nothing for a resource that equals the stored one, MUST delete what a complete type no longer
 * has, MUST note `atMs` for the pulled types, MUST leave what is newer than `eventMs` as it is, and MUST be safe to
 * repeat.
 */
export interface IntakeSink {
  accept(permit: SourcePermit, delivery: Delivery): Promise<Accepted>;
  /** When each type of a patient was last pulled, epoch milliseconds; types never pulled are absent. */
  refreshedMs(source: string, sourcePatient: string): Promise<ReadonlyMap<string, number>>;
}
