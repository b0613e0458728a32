import type { GrantOp, Hex } from '#consent';

/** What the subject's key signs when it is bound to a person: origin and nonce make it good for one gateway, once. */
export interface Statement {
  /** Origin of the gateway's API. */
  readonly origin: string;
  readonly nonce: string;
  readonly patient: string;
  readonly subject: Hex;
  readonly signerHash: Hex;
  readonly rights: 'self' | 'guardian' | 'custodian';
  /** Unix seconds; `to` 0 where open. */
  readonly from: number;
  readonly to: number;
}

/** Operations on grants as the subject's key signed them. */
export interface SignedOps {
  readonly subject: Hex;
  readonly ops: readonly GrantOp[];
  /** Unix seconds. */
  readonly deadline: number;
  /** ERC-7913: 20 bytes of an account, or a verifier and a key. */
  readonly signer: Hex;
  readonly signature: Hex;
}

/** A call of a contract that a relayer brings to the chain. */
export interface ContractCall {
  readonly to: Hex;
  readonly data: Hex;
}

/** What the consent API needs of the chain: signatures, calls, and whether the contract would accept. */
export interface ChainDesk {
  readonly chainId: string;
  readonly registry: Hex;
  /** Whether `subject` is that of the signer's hash and the salt. */
  readonly isSubjectOf: (subject: Hex, signer: Hex, salt: Hex) => boolean;
  /** Whether the projection has seen the subject's opening. */
  readonly isOpen: (subject: Hex) => Promise<boolean>;
  readonly signerHashOf: (signer: Hex) => Hex;
  /** Whether the signer's key signed the statement; its exact bytes for the record. */
  readonly statementBytes: (statement: Statement) => Uint8Array;
  readonly isStatementSigned: (statement: Statement, signer: Hex, signature: Hex) => Promise<boolean>;
  /** Whether another key signed the statement as well. */
  readonly isCountersigned: (statement: Statement, signer: Hex, signature: Hex) => Promise<boolean>;
  /** `undefined`: the contract would accept; else the name of its error. Throws `consent-stale` where no node answers. */
  readonly tryOps: (signed: SignedOps) => Promise<string | undefined>;
  /** Whether the signature fits, judged here, without a node: for revocations, which must not wait for one. */
  readonly areOpsSigned: (signed: SignedOps) => Promise<boolean>;
  readonly openCall: (signer: Hex, salt: Hex) => ContractCall;
  readonly applyCall: (signed: SignedOps) => ContractCall;
}
