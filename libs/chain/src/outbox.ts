import type { Hex } from '#consent';

/** A transaction to be made, by its business key: submitting the same key twice is one transaction. */
export interface OutboxRequest {
  /** `ops:<subject>:<digest>` or `anchor:<logId>:<size>`. */
  readonly key: string;
  readonly to: Hex;
  readonly data: Hex;
  /** `urgent` (revocations, denies) goes before `normal`. */
  readonly priority: 'urgent' | 'normal';
}

/** State of an outbox row. The signed bytes are stored before they are sent. */
export interface OutboxRow extends OutboxRequest {
  readonly state: 'queued' | 'signed' | 'included' | 'final' | 'failed';
  readonly nonce: number | undefined;
  /** Every variant that was signed, newest last. */
  readonly transactions: readonly { readonly hash: Hex; readonly raw: Hex }[];
  readonly block: bigint | undefined;
  readonly blockHash: Hex | undefined;
  /** Name of the contract's error, where it failed. */
  readonly error: string | undefined;
}

/**
 * The relayer's outbox.
 *
 * `enqueue` MUST be idempotent by key. `sign` MUST store nonce and bytes before the caller sends them.
 * `nextNonce` MUST never hand out a nonce twice, except one that `release` gave back.
 */
export interface Outbox {
  enqueue(request: OutboxRequest): Promise<OutboxRow>;
  find(key: string): Promise<OutboxRow | undefined>;
  /** Rows not yet final, urgent first, then in order of arrival. */
  open(limit: number): Promise<readonly OutboxRow[]>;
  sign(key: string, nonce: number, transaction: { hash: Hex; raw: Hex }): Promise<void>;
  settle(
    key: string,
    state: 'included' | 'final' | 'failed',
    at: { block?: bigint; blockHash?: Hex; error?: string },
  ): Promise<void>;
  /** The row with the highest nonce that is final or failed: what the chain holds of this account last. */
  newestSettled(): Promise<OutboxRow | undefined>;
  /** Back to `included`, with nonce and bytes: the block in which it became final or failed is no longer on the chain. */
  reopen(key: string): Promise<void>;
  /** Back to `queued` without a nonce: a reorganisation dropped it, or the nonce was taken by another. */
  release(key: string): Promise<void>;
}
