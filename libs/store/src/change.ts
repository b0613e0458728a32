import type { Facts, Hex, Terms } from '#consent';
import type { IndexRows } from '#search';
import type { KeyedWriteBegun, WriteAnswer } from './keyed-writes/keyed-write.js';

/** A resource version that is ready to be written: bytes as served, digests, facts, patients, index rows. */
export interface VersionWrite {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  readonly deleted: boolean;
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`. */
  readonly digest: Uint8Array;
  /** SHA-256 of the JCS form. */
  readonly canon: Uint8Array;
  /** Digest of what the source said, without `meta.versionId`, `lastUpdated` and `source`: equal content is no new version. */
  readonly content: Uint8Array;
  readonly lastUpdatedMs: number;
  readonly source: string;
  readonly facts: Facts;
  readonly patients: readonly { readonly patient: string; readonly role: 'subject' | 'other' }[];
  readonly index: IndexRows;
}

/** Row changes that go with a record, in its transaction: the closed list of what may change with a write. */
export type RowChange =
  | {
      readonly kind: 'version';
      readonly version: VersionWrite;
      /**
       * The version that it follows, `null` where there is none: another one there refuses the record with
       * `version-conflict`. Absent: it follows whatever is there.
       */
      readonly replaces?: string | null;
    }
  /** When the newest news of a resource happened; a time never goes back. */
  | { readonly kind: 'event'; readonly type: string; readonly id: string; readonly eventMs: number }
  | SeenIdentities
  | RulesSeen
  | {
      readonly kind: 'link';
      readonly patient: string;
      readonly person: string;
      readonly grade: 'certain' | 'confirmed';
      readonly atMs: number;
    }
  | {
      readonly kind: 'unlink';
      readonly patient: string;
      readonly atMs: number;
      /**
       * The sources say so. Absent: a person does, and from then on no likeness links the patient again with those who
       * stay.
       */
      readonly automatic?: true;
    }
  /** A person's word that the patient is not the same as any of the others: no likeness links it with them again. */
  | {
      readonly kind: 'apart';
      readonly patient: string;
      readonly others: readonly string[];
      readonly atMs: number;
    }
  | {
      readonly kind: 'source-patient';
      readonly source: string;
      readonly sourceId: string;
      readonly patient: string;
    }
  | {
      readonly kind: 'refreshed';
      readonly source: string;
      readonly sourceId: string;
      readonly types: readonly string[];
      readonly atMs: number;
    }
  | { readonly kind: 'binding'; readonly binding: BindingWrite }
  | { readonly kind: 'filing'; readonly filing: FilingWrite }
  | {
      readonly kind: 'latch';
      readonly subject: Hex;
      readonly grantId: Hex;
      readonly latch: 'revoked' | 'deny';
      readonly version: number;
      readonly atMs: number;
    }
  | {
      readonly kind: 'outbox';
      readonly key: string;
      readonly to: Hex;
      readonly data: Hex;
      readonly priority: 'urgent' | 'normal';
    }
  | InboxChange
  | KeyedWriteChange
  | KeyedWriteEnd;

/**
 * What links were judged by. The record is refused with `version-conflict` where it is not so any more: somebody else has one
 * of the identifiers, one of the Patients says something else of itself, or one of the persons changed.
 */
export interface SeenIdentities {
  readonly kind: 'seen';
  readonly identifiers: readonly (readonly [system: string, value: string])[];
  /** Every Patient that had one of them, those of the record included. */
  readonly patients: readonly string[];
  /** Which version of Patients it was judged by that the record does not write; `null`: none, or a deleted one. */
  readonly versions: readonly { readonly patient: string; readonly versionId: string | null }[];
  readonly persons: readonly { readonly person: string; readonly version: bigint }[];
}

/**
 * Versions of the persons' rules that a write was judged by. The record is refused with `version-conflict` where they are not
 * in force any more; until its transaction ends nobody changes them.
 */
export interface RulesSeen {
  readonly kind: 'rules-seen';
  readonly persons: readonly { readonly person: string; readonly version: bigint }[];
}

/** A message of the inbox was converted, or turned out to be of a kind that is not converted yet. */
export interface InboxChange {
  readonly kind: 'inbox';
  readonly id: string;
  readonly state: 'converted' | 'unsupported';
  readonly issues: readonly InboxIssue[];
}

/**
 * A write under an Idempotency-Key: begun, where a source must be asked first, or done at once, in the record that does it.
 * The record is refused with `version-conflict` (`idempotency-key`) where the key stands for something.
 */
export interface KeyedWriteChange {
  readonly kind: 'keyed-write';
  readonly write: KeyedWriteBegun;
  /** What the client is answered, where the same record does the write. Absent: it is open from now on. */
  readonly answer?: WriteAnswer;
}

/**
 * What became of a write that was begun. Refused with `version-conflict` (`keyed-write`) where it ended already; one that was
 * `not-written` may still become `done` or `refused`.
 */
export interface KeyedWriteEnd {
  readonly kind: 'keyed-write-end';
  readonly id: string;
  readonly state: 'done' | 'refused' | 'unknown' | 'not-written';
  /** Absent where there is none yet, or where the same request may be tried again. */
  readonly answer?: WriteAnswer;
  readonly atMs: number;
}

/** A remark about a message: never a value of it. The issues of `#normalize` are such. */
export interface InboxIssue {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  /** The resource type that it concerns, where known. */
  readonly type: string | undefined;
  /** Where, as a path. */
  readonly expression: string;
  readonly fault?: string;
}

/** A binding of a person to a chain subject. */
export interface BindingWrite {
  readonly id: string;
  readonly patient: string;
  readonly person: string;
  readonly subject: Hex;
  readonly signerHash: Hex;
  readonly rights: 'self' | 'guardian' | 'custodian';
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly evidence: string;
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}

/** A filed Consent. Its rules are derived from `bytes` by `#consent` when written. */
export interface FilingWrite {
  readonly consent: string;
  readonly person: string;
  readonly patient: string;
  readonly chainId: string;
  readonly contract: Hex;
  readonly subject: Hex;
  readonly grantId: Hex;
  readonly version: number;
  readonly kind: 'permit' | 'deny';
  readonly bytes: Uint8Array;
  readonly terms: Terms;
  readonly commitment: Hex;
  /** Id of the log record that filed the binding it rests on. */
  readonly binding: string;
}
