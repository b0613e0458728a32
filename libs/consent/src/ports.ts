import type { BlockEvents, GrantOp, Hex } from './chain-terms.js';
import type { BlockRef } from './request.js';
import type { RuleSet } from './rule.js';

/** Which registry on which chain a projection follows. */
export interface RegistryKey {
  readonly chainId: string;
  readonly genesisHash: Hex;
  readonly contract: Hex;
  readonly codeHash: Hex;
}

/** How far the projection is. */
export interface ProjectionState {
  readonly at: BlockRef;
  /** Unix seconds of the block at `at`. */
  readonly blockTime: number;
  /** Epoch milliseconds of the last successful contact with the node. */
  readonly contactMs: number;
}

/**
 * The local projection of the consent registry.
 *
 * `apply` MUST write rows, undo data and checkpoint in one transaction, and MUST refuse a block whose parent is not
 * the checkpoint. `undo` MUST restore words and rules as before the blocks, except that a revocation or deny once
 * seen stays latched. Permits count when `confirm` has reached their block; revocations and denies at once.
 */
export interface ProjectionStore {
  state(): Promise<ProjectionState | undefined>;
  /** Starts the projection at a block before the contract's first event. Throws `version-conflict` for another registry. */
  begin(key: RegistryKey, block: Omit<BlockEvents, 'events'>): Promise<void>;
  key(): Promise<RegistryKey | undefined>;
  /** Hash stored for a block within the last 256, for finding the common ancestor. */
  hashAt(number: bigint): Promise<Hex | undefined>;
  apply(blocks: readonly BlockEvents[], contactMs: number): Promise<void>;
  undo(toNumber: bigint): Promise<void>;
  /** Permits in blocks up to `number` count from now on. */
  confirm(number: bigint): Promise<void>;
  /** Records a contact that brought nothing new. */
  contact(atMs: number): Promise<void>;
  /** Makes a signed revocation or deny effective at once, before it is mined. Idempotent. */
  latch(subject: Hex, ops: readonly GrantOp[], recordId: string): Promise<void>;
  /** A sample of stored words, for comparison with the contract's view. */
  sample(
    limit: number,
  ): Promise<readonly { readonly subject: Hex; readonly grantId: Hex; readonly word: bigint }[]>;
}

/** Reads rule sets for the decision and the guard; every row's MAC is checked. */
export interface RuleStore {
  /** Rule sets of the persons, in any order; a person without rules has an empty set. Throws `integrity-failure`. */
  ruleSets(persons: readonly string[]): Promise<readonly RuleSet[]>;
  /** Persons of patients, by certain links in force. */
  personsOf(patients: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
