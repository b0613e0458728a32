import type { SubEntryProof } from './bundle.js';
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

interface Opened {
  readonly index: bigint;
  /** 204 bytes. Its class may be one that this version does not know. */
  readonly entry: Uint8Array;
  readonly groups: readonly OpenedGroup[];
  /** Where each opened sub-entry stands below the entry. */
  readonly subEntries: readonly SubEntryProof[];
}

/** A record opened through the vault; `erased` where a key of it was destroyed. */
export type OpenedRecord =
  | ({ readonly kind: 'opened' } & Opened)
  | ({
      readonly kind: 'erased';
      /** The parts whose key was destroyed: `sub:<j>`, `actor`, … */
      readonly lost: readonly string[];
    } & Opened);

/** Private parts that a follower reads; `subjects` are all sub-entries. */
export type FollowedPart = 'op' | 'actor' | 'request' | 'subjects';

/**
 * Reads the log on behalf of something that must not miss an event.
 *
 * It is handed each record in order, from its position on, at least once: after a crash the same records come again.
 * When `handle` resolves, what follows from the batch MUST be durable and the position behind it; when it rejects, the
 * position MUST be where it was, and the same records come again. It MUST take records whose class it does not know, and
 * records of which parts were erased.
 */
export interface Follower {
  /** Lower-case letters and hyphens; its position and its lock are kept under it. */
  readonly name: string;
  /** What it needs opened: opening costs. `kind`, `groups` and `lost` speak of these parts alone. */
  readonly reads: readonly FollowedPart[];
  /** Index of the next record that it has not handled. */
  position(): Promise<bigint>;
  /** @param batch one record or more, without gaps, the first one at the position */
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
