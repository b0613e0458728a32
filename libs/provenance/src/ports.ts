import type { SealableRecord } from './record.js';
import type { Seal } from './seal.js';

/** A head of the log. */
export interface TreeHead {
  readonly origin: string;
  readonly size: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** What is appended: a record and the row changes that go into the same transaction. `Change` is the store's own union. */
export interface AppendItem<Change> {
  readonly record: SealableRecord;
  readonly writes: readonly Change[];
}

/**
 * The log, and the one write path.
 *
 * `append` MUST be durable and included when it resolves, and MUST write rows and record in one transaction.
 * It MUST resolve in the order of `items`, and reject with `seal-unavailable` when it cannot append;
 * after a COMMIT of unknown result it MUST find out, and never append a second record with the same id.
 */
export interface LogStore<Change> {
  append(items: readonly AppendItem<Change>[]): Promise<readonly Seal[]>;
  head(): Promise<TreeHead>;
  /** The newest signed checkpoint, a C2SP signed note. */
  checkpoint(): Promise<string>;
  /** Entries [from, to), 204 bytes each. */
  entries(from: bigint, to: bigint): Promise<readonly Uint8Array[]>;
  /** Up to 256 hashes of tile (level, index), truncated to `width`. */
  tile(level: number, index: bigint, width: number): Promise<readonly Uint8Array[]>;
  /** RFC 9162 inclusion proof of `index` in the tree of `size`. */
  inclusion(index: bigint, size: bigint): Promise<readonly Uint8Array[]>;
  /** RFC 9162 consistency proof between two sizes. */
  consistency(from: bigint, to: bigint): Promise<readonly Uint8Array[]>;
}

/** A private group, opened through the vault. */
export interface OpenedGroup {
  /** `op`, `actor`, `request`, or `sub:<j>` with the sub-entry's number. */
  readonly group: string;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A record opened through the vault; `erased` where its key was destroyed. */
export type OpenedRecord =
  | {
      readonly kind: 'opened';
      readonly index: bigint;
      readonly entry: Uint8Array;
      readonly groups: readonly OpenedGroup[];
    }
  | {
      readonly kind: 'erased';
      readonly index: bigint;
      readonly entry: Uint8Array;
      readonly groups: readonly OpenedGroup[];
    };

/** Reads the log on behalf of something that must not miss an event. */
export interface Follower {
  readonly name: string;
  position(): Promise<bigint>;
  handle(batch: readonly OpenedRecord[]): Promise<void>;
}

/** Scope of a data key: op and request by period, actor, or one person. */
export type KeyScope =
  | { readonly kind: 'op'; readonly period: string }
  | { readonly kind: 'request'; readonly period: string }
  | { readonly kind: 'actor'; readonly actor: string; readonly period: string }
  | { readonly kind: 'person'; readonly person: string };

/** Envelope encryption. The root key MUST NOT be in the database or its backups. AES-256-GCM, random 96-bit nonce per value. */
export interface KeyVault {
  /** `aad` binds tenant, table, row id and scope. Creates the scope's key at first use. */
  wrap(
    scope: KeyScope,
    plain: Uint8Array,
    aad: string,
  ): Promise<{ readonly keyId: string; readonly sealed: Uint8Array }>;
  /** `undefined` where the scope's key was destroyed; throws `integrity-failure` where the ciphertext does not fit. */
  unwrap(keyId: string, sealed: Uint8Array, aad: string): Promise<Uint8Array | undefined>;
  destroy(scope: KeyScope): Promise<void>;
  rotateEpoch(): Promise<void>;
}

/** The state of an anchor on a chain. */
export type AnchorState =
  | { readonly kind: 'prepared'; readonly size: bigint }
  | { readonly kind: 'submitted'; readonly size: bigint; readonly transaction: string }
  | {
      readonly kind: 'included';
      readonly size: bigint;
      readonly transaction: string;
      readonly block: bigint;
      readonly blockHash: string;
    }
  | {
      readonly kind: 'final';
      readonly size: bigint;
      readonly transaction: string;
      readonly block: bigint;
      readonly blockHash: string;
    }
  | { readonly kind: 'reorged'; readonly size: bigint };

/** Where roots are anchored. Submitting the same head again MUST change nothing. */
export interface Anchor {
  submit(head: TreeHead, proof: readonly Uint8Array[]): Promise<AnchorState>;
  /** The newest head that the anchor's authority holds; size 0 where there is none. */
  head(): Promise<TreeHead>;
}
