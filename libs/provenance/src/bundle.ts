/** A group that is shown: its commitment is recomputed from salt and bytes. */
export interface Opening {
  /** `op`, `actor`, `request`, or `sub:<position>/<subject|content|decision|links>`. */
  readonly group: string;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Where a sub-entry stands: its four commitments, and the way from there to the entry's root. */
export interface SubEntryProof {
  readonly position: number;
  /** D_0 to D_3. */
  readonly commitments: readonly Uint8Array[];
  readonly path: readonly Uint8Array[];
}

/** The salt that opens the commitment to exact body bytes (sub-entry) or to query and body (request). */
export interface BytesSalt {
  /** `sub:<position>` or `request`. */
  readonly part: string;
  readonly salt: Uint8Array;
}

/** What opens the commitment to one resource of a content group. */
export interface ResourceProof {
  readonly position: number;
  /** Index among the content group's items. */
  readonly item: number;
  readonly salt: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/** Another entry of the same log, proved in the same checkpoint; for a binding, an earlier one. */
export interface BindingProof {
  readonly entry: Uint8Array;
  readonly index: bigint;
  readonly path: readonly Uint8Array[];
}

/** A part whose key was destroyed, and the notice in the log that says so. */
export interface ErasedPart {
  /** `sub:<position>`. */
  readonly part: string;
  readonly notice?: ErasureNotice;
}

/** An erasure entry (class 02) of the same log, its op group opened, and this record among the erased. */
export interface ErasureNotice extends BindingProof {
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
  /** Position of the record's index in the ascending list of erased indexes, and its path there (RFC 9162). */
  readonly position: bigint;
  readonly memberPath: readonly Uint8Array[];
}

/** A head of the log that a chain holds, and why it covers the entry. */
export interface BundleAnchor {
  /** Decimal. */
  readonly chainId: string;
  readonly contract: string;
  readonly codeHash: string;
  readonly transaction: string;
  readonly block: string;
  readonly blockHash: string;
  /** The anchored head. */
  readonly size: bigint;
  readonly root: Uint8Array;
  /** RFC 9162 consistency between the receipt's checkpoint and the anchored head, from the smaller to the larger. */
  readonly consistency: readonly Uint8Array[];
  /** Block header (RLP) and storage proof, for whoever checks the chain; opaque here. */
  readonly header?: Uint8Array;
  readonly storageProof?: readonly Uint8Array[];
}

/** A receipt that is verified offline. @see docs/spec/provenance.md "Bundle" */
export interface Bundle {
  readonly entry: Uint8Array;
  readonly openings: readonly Opening[];
  readonly subEntries: readonly SubEntryProof[];
  readonly salts: readonly BytesSalt[];
  readonly resources: readonly ResourceProof[];
  readonly bindings: readonly BindingProof[];
  readonly erased: readonly ErasedPart[];
  /** Text of c2sp.org/tlog-proof@v1. */
  readonly tlogProof: string;
  readonly anchors: readonly BundleAnchor[];
  /** The log's and witnesses' vkeys, for a reader's convenience: trust comes from the policy alone. */
  readonly vkeys: readonly string[];
}

/** The first member of a bundle's JSON. */
export const BUNDLE_FORMAT = 'proviso/v1/bundle';
