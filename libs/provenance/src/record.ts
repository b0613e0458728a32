import type { JsonObject } from '#digest';

/** Classes of entries. @see docs/spec/provenance.md */
export const ENTRY_CLASS = {
  access: 1,
  erasure: 2,
  key: 3,
  anchor: 4,
  gap: 5,
  configuration: 6,
  binding: 7,
  intake: 8,
} as const;

/** The class byte of an entry. */
export type EntryClass = (typeof ENTRY_CLASS)[keyof typeof ENTRY_CLASS];

/** A block of the consent projection. */
export interface BlockCitation {
  readonly number: string;
  readonly hash: string;
}

/** Group 0 without what the committer adds (`gateway`, `gatewaySeq`). */
export interface OpDraft {
  /** UUIDv7; the record's id, unique: a retry after an unknown COMMIT uses the same. */
  readonly id: string;
  /** RFC 3339, milliseconds, Z. */
  readonly time: string;
  readonly phase: 'single' | 'intent' | 'outcome';
  readonly interaction: string;
  readonly outcome: string;
  readonly status: number;
  readonly block: BlockCitation | null;
  /** Class 02 only: how many records were erased, and the root over their indexes (hex); see `erasedTree`. */
  readonly erased?: { readonly count: number; readonly root: string };
}

/** Group 1. */
export interface ActorGroup {
  readonly client: string | null;
  readonly user: string | null;
  readonly organization: string | null;
  readonly roles: readonly string[];
  readonly purpose: string | null;
  readonly tokenHash: string | null;
  readonly thumbprint: string | null;
}

/** Group 2 without the commitment, which the builder makes from `parameters`. */
export interface RequestDraft {
  readonly method: string;
  readonly path: string;
  /** Query and body exactly as received; only a salted commitment is kept. */
  readonly parameters: Uint8Array;
  readonly requestId: string;
  readonly intent: string | null;
}

/** One resource version that left or changed. */
export interface ContentItem {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
  /** SHA-256 of the JCS form of what left, 32 bytes: stored with the version. */
  readonly canon: Uint8Array;
}

/** The basis of a decision. */
export type BasisCitation =
  | {
      readonly kind: 'consent';
      readonly consent: string;
      readonly chainId: string;
      readonly contract: string;
      readonly subject: string;
      readonly grantId: string;
      readonly version: number;
      readonly binding: string;
    }
  | { readonly kind: 'policy'; readonly policy: string; readonly digest: string };

/** A sub-entry's content before keys, salts and counters. */
export interface SubjectDraft {
  /** Person id: whose key and counter this sub-entry uses. `undefined`: nobody (one random sub-entry). */
  readonly person: string | undefined;
  readonly patient: string | null;
  /** Leaf (hex) of the binding that the basis rests on. */
  readonly binding: string | null;
  readonly content: readonly ContentItem[];
  /** Exact body bytes that leave or arrived; committed as wireC. `undefined`: none. */
  readonly wire: Uint8Array | undefined;
  /** SHA-256 (hex) of the upstream bytes this was made from. */
  readonly upstream: readonly string[];
  readonly decision: {
    readonly effect: 'permit' | 'refusal';
    readonly code: string | null;
    readonly basis: readonly BasisCitation[];
    readonly obligations: readonly string[];
  };
  readonly links: JsonObject;
}

/** What a caller hands to the log: one request, one record. */
export interface SealableRecord {
  readonly class: EntryClass;
  readonly op: OpDraft;
  readonly actor: ActorGroup;
  readonly request: RequestDraft;
  /** Empty: the builder adds one random sub-entry. */
  readonly subjects: readonly SubjectDraft[];
}
