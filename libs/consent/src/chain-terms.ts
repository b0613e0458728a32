/** 0x-prefixed hex. */
export type Hex = `0x${string}`;

/** What a person signs and the chain keeps a commitment of. @see ConsentRegistry.sol */
export interface Terms {
  /** Hash of the published list of classes and purposes (32 bytes). */
  readonly vocabulary: Hex;
  /** keccak-256 of the actor string, `client:<id>` (32 bytes). */
  readonly grantee: Hex;
  /** Bitmap over the list of resource types. */
  readonly classes: bigint;
  /** Bitmap over the list of purposes. */
  readonly purposes: bigint;
  /** SHA-256 of the exact bytes of the signed FHIR Consent. */
  readonly consentHash: Hex;
  readonly salt: Hex;
}

/** One operation on a grant, as the contract takes it. Times in unix seconds, 0 = open. */
export interface GrantOp {
  readonly grantId: Hex;
  readonly commitment: Hex;
  readonly kind: 1 | 2 | 3;
  readonly from: number;
  readonly to: number;
  readonly version: number;
}

/** A decoded grant word. */
export interface GrantWord {
  readonly kind: 'none' | 'permit' | 'deny' | 'revoked';
  readonly from: number;
  readonly to: number;
  readonly epoch: number;
  readonly version: number;
  /** The low 128 bits of the commitment. */
  readonly commitmentLow: bigint;
}

/** Events of the registry as the follower decodes them. */
export type RegistryEvent = { readonly logIndex: number; readonly transaction: Hex } & (
  | {
      readonly kind: 'consent';
      readonly subject: Hex;
      readonly grantId: Hex;
      readonly state: bigint;
      readonly commitment: Hex;
      readonly by: Hex;
    }
  | { readonly kind: 'subject'; readonly subject: Hex; readonly signerHash: Hex; readonly keyEpoch: number }
  | { readonly kind: 'revoked-all'; readonly subject: Hex; readonly epoch: number; readonly locked: boolean }
  | { readonly kind: 'delegate'; readonly subject: Hex; readonly signerHash: Hex; readonly state: bigint }
);

/** One block with the events of the registry in it. */
export interface BlockEvents {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Unix seconds. */
  readonly time: number;
  readonly events: readonly RegistryEvent[];
}
