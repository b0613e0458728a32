import type { Hex } from '#consent';
import { contractFaultOf } from './calldata.js';
import type { Finality } from './follower.js';
import { revertDataOf, type Node, type Receipt } from './node.js';
import type { Outbox, OutboxRow } from './outbox.js';
import { RpcError } from './rpc-error.js';
import { readTransaction, signTransaction, type SignedTransaction } from './transaction.js';
import { addressOf } from './typed-data.js';

/** What a relayer needs. One relayer per key at a time: hold a lock. */
export interface RelayerOptions {
  readonly node: Node;
  readonly outbox: Outbox;
  /** secp256k1 key of the account that pays. */
  readonly key: Hex;
  readonly chainId: bigint;
  readonly finality: Finality;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly fees?: FeeOptions;
  readonly notice?: (notice: RelayerNotice) => void;
}

/** How much may be paid. */
export interface FeeOptions {
  readonly capWei: bigint;
  /** By how much a stuck transaction's fees are raised; nodes want 10 at least. */
  readonly bumpPercent: number;
  readonly stuckAfterMs: number;
}

/** What operators may want to know. */
export type RelayerNotice =
  | { readonly kind: 'fee-cap'; readonly key: string }
  | { readonly kind: 'bumped'; readonly key: string; readonly transaction: Hex }
  | { readonly kind: 'done-by-another'; readonly key: string; readonly error: string }
  | { readonly kind: 'rejected'; readonly key: string; readonly error: string }
  | { readonly kind: 'reorganised'; readonly key: string }
  | { readonly kind: 'failed'; readonly error: unknown };

const FEES: FeeOptions = { capWei: 500_000_000_000n, bumpPercent: 13, stuckAfterMs: 30_000 };
const OPEN_ROWS = 1_000;
/** Signed and not yet mined at once. */
const MAX_IN_FLIGHT = 16;

/** The contract says that somebody else has done it. */
const DONE: ReadonlySet<string> = new Set(['Stale', 'BadSize', 'AlreadyOpen', 'LogAlreadyOpen']);
const KNOWN = /already (known|imported)|known transaction/i;
const NONCE_USED = /nonce (is )?too low/i;

/**
 * Brings the outbox to the chain: one order of nonces, signed bytes stored before they are sent, the same bytes sent again
 * until there is a receipt. A crash at any point is followed by the same step again.
 */
export class Relayer {
  readonly address: Hex;
  readonly #options: RelayerOptions;
  readonly #fees: FeeOptions;
  /** When each transaction was first seen by this process, epoch milliseconds. */
  readonly #since = new Map<Hex, number>();

  constructor(options: RelayerOptions) {
    this.#options = options;
    this.#fees = options.fees ?? FEES;
    this.address = addressOf(options.key);
  }

  /** Looks after every open row once. Gives the number of rows that still are not final. Throws `RpcError`. */
  async step(): Promise<number> {
    const { outbox } = this.#options;
    await this.#takeUpUndone();
    const rows = await outbox.open(OPEN_ROWS);
    // A node that keeps no gaps takes them in no other order.
    const signed = rows.filter((each) => each.state !== 'queued');
    for (const row of signed.toSorted((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0))) await this.#follow(row);
    for (const row of rows.filter((each) => each.state === 'queued')) {
      if ((await this.#inFlight()).length >= MAX_IN_FLIGHT) break;
      await this.#begin(row);
    }
    return (await outbox.open(OPEN_ROWS)).length;
  }

  /** Works until aborted. A failing step is told as a notice, and tried again after the pause. */
  async run(signal: AbortSignal, pause: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.step();
      } catch (error) {
        this.#options.notice?.({ kind: 'failed', error });
      }
      await pause();
    }
  }

  /**
   * A reorganisation deeper than what was held for final took settled rows out of the chain, and gave their nonces back:
   * they are followed again, newest first down to one that is still there. A node that is merely behind says nothing.
   */
  async #takeUpUndone(): Promise<void> {
    const { node, outbox, notice } = this.#options;
    for (;;) {
      const row = await outbox.newestSettled();
      if (row?.block === undefined || row.blockHash === undefined) return;
      const header = await node.header(row.block);
      if (header === undefined || header.hash === row.blockHash) return;
      await outbox.reopen(row.key);
      notice?.({ kind: 'reorganised', key: row.key });
    }
  }

  async #inFlight(): Promise<readonly OutboxRow[]> {
    return (await this.#options.outbox.open(OPEN_ROWS)).filter((row) => row.state === 'signed');
  }

  /** A row's first transaction. */
  async #begin(row: OutboxRow): Promise<void> {
    const { node, outbox } = this.#options;
    const waiting = await this.#inFlight();
    let gas: bigint;
    try {
      gas = await node.estimateGas({ from: this.address, to: row.to, data: row.data });
    } catch (error) {
      // What is in flight may change the answer: then the question is put again.
      await this.#refused(row, error, waiting.length > 0);
      return;
    }
    const nonce = await this.#nextNonce();
    const transaction = signTransaction(this.#options.key, {
      chainId: this.#options.chainId,
      nonce,
      to: row.to,
      data: row.data,
      gasLimit: gas + gas / 4n,
      ...(await this.#price()),
    });
    await outbox.sign(row.key, nonce, transaction);
    await this.#send({ ...row, state: 'signed', nonce, transactions: [...row.transactions, transaction] });
  }

  async #refused(row: OutboxRow, error: unknown, mayChange: boolean): Promise<void> {
    const data = revertDataOf(error);
    if (data === undefined) throw error;
    const name = contractFaultOf(data)?.name ?? 'reverted';
    if (DONE.has(name) || !mayChange) await this.#end(row, name);
  }

  /** Nobody will mine this: it is done already, or it cannot be done. */
  async #end(row: OutboxRow, error: string, at: { block?: bigint; blockHash?: Hex } = {}): Promise<void> {
    const { outbox, notice } = this.#options;
    const done = DONE.has(error);
    await outbox.settle(row.key, done ? 'final' : 'failed', { ...at, error });
    notice?.({ kind: done ? 'done-by-another' : 'rejected', key: row.key, error });
  }

  async #nextNonce(): Promise<number> {
    const { node, outbox } = this.#options;
    const mined = await node.nonce(this.address);
    const open = (await outbox.open(OPEN_ROWS)).map((row) => row.nonce ?? -1);
    return Math.max(mined, ...open.map((nonce) => nonce + 1));
  }

  async #price(): Promise<{ readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }> {
    const price = await this.#options.node.gasPrice();
    const maxFeePerGas = min(2n * price, this.#fees.capWei);
    return { maxFeePerGas, maxPriorityFeePerGas: min(price / 2n, maxFeePerGas) };
  }

  /** A row that was signed: mined, mined elsewhere after a reorganisation, or to be sent again. */
  async #follow(row: OutboxRow): Promise<void> {
    const receipt = await this.#receiptOf(row);
    if (receipt !== undefined) return this.#mined(row, receipt);
    if (row.state === 'included') this.#options.notice?.({ kind: 'reorganised', key: row.key });
    await this.#send(row);
  }

  async #receiptOf(row: OutboxRow): Promise<Receipt | undefined> {
    for (const { hash } of row.transactions.toReversed()) {
      const receipt = await this.#options.node.receipt(hash);
      if (receipt !== undefined) return receipt;
    }
    return undefined;
  }

  async #mined(row: OutboxRow, receipt: Receipt): Promise<void> {
    const { outbox } = this.#options;
    for (const { hash } of row.transactions) this.#since.delete(hash);
    const at = { block: receipt.block, blockHash: receipt.blockHash };
    const final = await this.#isFinal(receipt);
    if (receipt.succeeded) {
      await outbox.settle(row.key, final ? 'final' : 'included', at);
    } else if (final) {
      await this.#end(row, await this.#reasonOf(row), at);
    }
  }

  async #isFinal(receipt: Receipt): Promise<boolean> {
    const { node, finality } = this.#options;
    if (finality === 'finalized') return receipt.block <= ((await node.header('finalized'))?.number ?? -1n);
    return (await node.blockNumber()) - receipt.block >= BigInt(finality.depth);
  }

  async #reasonOf(row: OutboxRow): Promise<string> {
    try {
      await this.#options.node.estimateGas({ from: this.address, to: row.to, data: row.data });
      return 'reverted';
    } catch (error) {
      const data = revertDataOf(error);
      return (data === undefined ? undefined : contractFaultOf(data)?.name) ?? 'reverted';
    }
  }

  /** Sends the newest variant's bytes, a dearer one where it is stuck. */
  async #send(row: OutboxRow): Promise<void> {
    const newest = row.transactions.at(-1);
    if (newest === undefined) return;
    const transaction = this.#isStuck(newest) ? await this.#bump(row, newest) : newest;
    try {
      await this.#options.node.send(transaction.raw);
    } catch (error) {
      await this.#unsent(row, error);
      return;
    }
    const receipt = await this.#receiptOf({ ...row, transactions: [...row.transactions, transaction] });
    if (receipt !== undefined) await this.#mined(row, receipt);
  }

  async #unsent(row: OutboxRow, error: unknown): Promise<void> {
    if (!(error instanceof RpcError) || !error.answers(NONCE_USED)) {
      if (error instanceof RpcError && error.answers(KNOWN)) return;
      throw error;
    }
    const receipt = await this.#receiptOf(row);
    if (receipt !== undefined) return this.#mined(row, receipt);
    // The nonce went to a transaction that is none of this row's.
    await this.#options.outbox.release(row.key);
  }

  #isStuck({ hash }: SignedTransaction): boolean {
    const now = this.#options.nowMs();
    const since = this.#since.get(hash);
    if (since === undefined) this.#since.set(hash, now);
    return since !== undefined && now - since >= this.#fees.stuckAfterMs;
  }

  /** The same call and nonce with higher fees; the same bytes where the cap is reached. */
  async #bump(row: OutboxRow, stuck: SignedTransaction): Promise<SignedTransaction> {
    const { outbox, notice, chainId, key } = this.#options;
    const old = readTransaction(stuck.raw);
    const raise = (wei: bigint): bigint => wei + (wei * BigInt(this.#fees.bumpPercent)) / 100n + 1n;
    const maxFeePerGas = raise(old.maxFeePerGas);
    if (maxFeePerGas > this.#fees.capWei) {
      notice?.({ kind: 'fee-cap', key: row.key });
      return stuck;
    }
    const maxPriorityFeePerGas = min(raise(old.maxPriorityFeePerGas), maxFeePerGas);
    const { to, data } = row;
    const { nonce, gasLimit } = old;
    const call = { chainId, nonce, to, data, gasLimit };
    const transaction = signTransaction(key, { ...call, maxFeePerGas, maxPriorityFeePerGas });
    await outbox.sign(row.key, nonce, transaction);
    this.#since.set(transaction.hash, this.#options.nowMs());
    notice?.({ kind: 'bumped', key: row.key, transaction: transaction.hash });
    return transaction;
  }
}

function min(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
