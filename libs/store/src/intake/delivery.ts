import type { Facts } from '#consent';
import type { JsonObject } from '#digest';
import type { InboxChange, InboxIssue } from '../change.js';

/** A resource that a source delivered: R4, valid, with our id, and references to our ids. */
export interface DeliveredVersion {
  readonly type: string;
  readonly id: string;
  readonly resource: JsonObject;
  /** SHA-256 of the payload it came in, lower case hexadecimal. */
  readonly upstream: string;
  /** How it meets what is stored. Absent: it replaces it whole. `merge`: see `mergeResource`. */
  readonly mode?: 'merge' | undefined;
  /** With `merge`: what the sender deleted; see `mergeResource`. */
  readonly cleared?: readonly string[] | undefined;
  /** With `merge`: top-level elements that count only where nothing is stored. */
  readonly assumed?: readonly string[] | undefined;
}

/** Two records of a source that it declares to be of one person: `from` gives way to `into`. Ids of ours. */
export interface PatientMerge {
  readonly from: string;
  readonly into: string;
}

/** What a message's resources were made from, and by what. */
export interface DeliveryLineage {
  /** SHA-256 of the message as it came, lower case hexadecimal. */
  readonly digest: string;
  /** Who sent it, as the message says: application and facility. */
  readonly sender: string;
  /** `maps`: digest of the maps that were used. */
  readonly converter: { readonly name: string; readonly version: string; readonly maps: string };
  /** The inbox row that keeps the message. */
  readonly inboxId: string;
}

/** What one pull or message brought. */
export interface SourceDelivery {
  readonly source: string;
  /** The patient that was asked for, or whom a message is about; `undefined` for the directory. */
  readonly patient: { readonly sourceId: string; readonly id: string } | undefined;
  readonly resources: readonly DeliveredVersion[];
  /** Types of which everything of this patient is here: what is stored beyond it was deleted at the source. */
  readonly completeTypes: readonly string[];
  /** What the source was seen to hold no more, by our ids. */
  readonly deleted?: readonly { readonly type: string; readonly id: string }[] | undefined;
  /** Types that were asked for and answered, complete or not. */
  readonly pulledTypes: readonly string[];
  /** When it was asked for, or received, epoch milliseconds. */
  readonly atMs: number;
  /**
   * When it happened at the source, epoch milliseconds. What is older than the stored version of a resource does not
   * overwrite it. Absent: the source speaks of now.
   */
  readonly eventMs?: number | undefined;
  readonly merges?: readonly PatientMerge[] | undefined;
  /** Of a message. Its record is appended even where nothing changes. */
  readonly lineage?: DeliveryLineage | undefined;
  /** What becomes of the message in the inbox, in the same append. Issues that the intake adds are written with it. */
  readonly inbox?: InboxChange | undefined;
}

/** What became of a delivery. */
export interface Accepted {
  /** What was written, deletions and Provenance included. */
  readonly versions: readonly { readonly type: string; readonly id: string; readonly versionId: string }[];
  /** What the intake itself remarked: `late`. */
  readonly issues: readonly InboxIssue[];
}

/** A version as it stands after a delivery, written by it or there before. */
export interface SettledVersion {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  readonly deleted: boolean;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly canon: Uint8Array;
  readonly lastUpdatedMs: number;
  readonly facts: Facts;
  readonly patients: readonly { readonly patient: string }[];
}

/** What a delivery that ends a write brings about. */
export interface Settlement {
  /** What stands there now of each delivered or deleted resource. */
  readonly versions: readonly SettledVersion[];
  /** The Provenances that are written with them. */
  readonly provenances: readonly SettledVersion[];
  /** The persons of all patients concerned. */
  readonly personOf: ReadonlyMap<string, string>;
  /** Opens what the Provenances say of payloads: belongs into the record. */
  readonly salt: Uint8Array;
}
