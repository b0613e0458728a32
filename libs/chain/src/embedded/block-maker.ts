import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { quantity } from '../hex.js';
import { Node, readReceipt, type Receipt } from '../node.js';
import type { HttpEndpoint } from '../rpc-endpoint.js';
import { RpcError } from '../rpc-error.js';
import { readTransaction } from '../transaction.js';
import type { Journal, JournalBlock } from './journal.js';

/** The end of the chain. */
export interface ChainTip {
  readonly number: number;
  /** `undefined` at genesis. */
  readonly hash: Hex | undefined;
  /** Unix seconds. */
  readonly time: number;
}

/** A transaction that is in a block and in the journal. `receipt` is as the node gave it. */
export interface MadeBlock {
  readonly transaction: Hex;
  readonly receipt: unknown;
}

/** Errors that a wallet knows from other nodes. */
const REFUSED = -32_003;
const INVALID = -32_602;

/**
 * Makes one block of one transaction after the other: journal, node, journal. What `make` resolves with is on disk;
 * if it throws `RpcError` of kind `answer`, nothing happened; otherwise the outcome is known after the next restart.
 */
export class BlockMaker {
  readonly #journal: Journal;
  readonly #endpoint: HttpEndpoint;
  readonly #node: Node;
  readonly #nowMs: () => number;
  #tip: ChainTip;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    journal: Journal,
    endpoint: HttpEndpoint,
    start: { readonly tip: ChainTip; readonly nowMs: () => number },
  ) {
    this.#journal = journal;
    this.#endpoint = endpoint;
    this.#node = new Node(endpoint);
    this.#tip = start.tip;
    this.#nowMs = start.nowMs;
  }

  get tip(): ChainTip {
    return this.#tip;
  }

  /** Mines a signed transaction. */
  make(raw: Hex): Promise<MadeBlock> {
    return this.exclusive(() => this.#make(raw));
  }

  /** Runs `work` while no block is being made. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }

  async #make(raw: Hex): Promise<MadeBlock> {
    await this.#requireNext(raw);
    await this.#journal.send(raw);
    const time = Math.max(Math.floor(this.#nowMs() / 1_000), this.#tip.time);
    try {
      const { receipt, answer } = await mine(this.#endpoint, raw, time);
      const block = { number: Number(receipt.block), hash: receipt.blockHash, time };
      await this.#journal.block(block);
      this.#tip = block;
      return { transaction: receipt.transaction, receipt: answer };
    } catch (error) {
      if (error instanceof RpcError && error.fault.kind === 'answer') await this.#journal.refused();
      throw error;
    }
  }

  /** Refuses what could not be mined at once: this chain keeps no transactions for later. */
  async #requireNext(raw: Hex): Promise<void> {
    const { from, nonce } = readOrRefuse(raw);
    const next = await this.#node.nonce(from);
    if (nonce === next) return;
    const message = nonce < next ? 'nonce too low' : 'nonce too high';
    throw new RpcError({ kind: 'answer', code: REFUSED, message, data: undefined });
  }
}

/** Mines a block of the journal again. Throws `integrity-failure` where it comes out different. */
export async function makeAgain(endpoint: HttpEndpoint, block: JournalBlock): Promise<void> {
  const { receipt } = await mine(endpoint, block.raw, block.time);
  if (receipt.blockHash !== block.hash || Number(receipt.block) !== block.number) {
    throw new GatewayError('integrity-failure', {
      details: `block ${block.number} of the chain's journal replays to another hash`,
    });
  }
}

async function mine(
  endpoint: HttpEndpoint,
  raw: Hex,
  time: number,
): Promise<{ readonly receipt: Receipt; readonly answer: unknown }> {
  await endpoint.call('evm_setNextBlockTimestamp', [quantity(time)]);
  const answer = await endpoint.call('eth_sendRawTransactionSync', [raw]);
  return { receipt: readReceipt(answer), answer };
}

function readOrRefuse(raw: Hex): ReturnType<typeof readTransaction> {
  try {
    return readTransaction(raw);
  } catch {
    throw new RpcError({
      kind: 'answer',
      code: INVALID,
      message: 'not a signed transaction',
      data: undefined,
    });
  }
}
