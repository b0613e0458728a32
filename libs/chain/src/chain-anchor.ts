import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import type { Anchor, AnchorState, TreeHead } from '#provenance';
import { AnchorClient, type AnchoredLog } from './anchor-client.js';
import { anchorCalls } from './calldata.js';
import { collectEvidence, type AnchorEvidence } from './evidence.js';
import { ANCHORED_TOPIC } from './events.js';
import { asHex, numberAt } from './hex.js';
import { logIdOf, type LogKeys } from './identity.js';
import type { Node } from './node.js';
import type { Outbox, OutboxRow } from './outbox.js';
import { signHead } from './typed-data.js';

/** What an anchor needs. */
export interface ChainAnchorOptions {
  readonly node: Node;
  readonly outbox: Outbox;
  readonly chainId: bigint;
  readonly contract: Hex;
  readonly codeHash: Hex;
  /** Origin of the log. */
  readonly origin: string;
  /** The log's first keys: its id on the chain. */
  readonly keys: LogKeys;
  /** secp256k1 key that signs heads; need not hold coins. */
  readonly operatorKey: Hex;
  /** Goes with the head as `aux`; zero where there is nothing to anchor with it. */
  readonly aux?: Hex;
}

/** A head fails where another overtook it; this often in a row is no accident. */
const MAX_ATTEMPTS = 20;
const ZERO: Hex = `0x${'0'.repeat(64)}`;

/**
 * Anchors heads of a log in `AnchorRegistry`, through the outbox: PREPARED (queued), SUBMITTED (signed), INCLUDED, FINAL, or
 * REORGED, when the block that included it is no longer on the chain; the relayer then sends it again.
 */
export class ChainAnchor implements Anchor {
  readonly logId: Hex;
  readonly #options: ChainAnchorOptions;
  readonly #client: AnchorClient;

  constructor(options: ChainAnchorOptions) {
    this.#options = options;
    this.#client = new AnchorClient(options.node, options.contract);
    this.logId = logIdOf(options.keys);
  }

  /**
   * Queues a head, and the opening of the log at first use. `proof` is the RFC 9162 consistency proof from the size that
   * `head()` gives; empty from size 0. Throws `integrity-failure` where the chain has another root of this size, or the log
   * is frozen; `precondition` where the chain's head is larger.
   */
  async submit(head: TreeHead, proof: readonly Uint8Array[]): Promise<AnchorState> {
    const found = await this.#find(head.size);
    if (found !== undefined) return found;
    const onChain = await this.#client.head(this.logId);
    if (onChain === undefined) await this.#open();
    else this.#requireExtends(onChain, head);
    const row = await this.#enqueue(head, proof);
    return this.#stateOf(row, head.size);
  }

  /** The newest head on the chain, size 0 before the first. Throws `integrity-failure` where the log is frozen. */
  async head(): Promise<TreeHead> {
    const onChain = await this.#client.head(this.logId);
    if (onChain?.frozen === true) throw frozen(this.logId);
    const root = Buffer.from((onChain?.root ?? ZERO).slice(2), 'hex');
    return { origin: this.#options.origin, size: onChain?.size ?? 0n, root: new Uint8Array(root) };
  }

  /** What became of a head that was submitted; `undefined` where none of this size was, or it failed. */
  async state(size: bigint): Promise<AnchorState | undefined> {
    return this.#find(size);
  }

  /** Collects what shows that a head is in a block; `undefined` while it is not. */
  async evidence(size: bigint): Promise<AnchorEvidence | undefined> {
    const state = await this.#find(size);
    if (state?.kind !== 'included' && state?.kind !== 'final') return undefined;
    const { node, chainId, contract, codeHash } = this.#options;
    const transaction = asHex(state.transaction, 32);
    return collectEvidence(node, { chainId, contract, codeHash, logId: this.logId, transaction });
  }

  async #open(): Promise<void> {
    const { outbox, contract, keys } = this.#options;
    const data = anchorCalls.openLog(keys);
    await outbox.enqueue({ key: `anchor:${this.logId}:open`, to: contract, data, priority: 'normal' });
  }

  #requireExtends(onChain: AnchoredLog, head: TreeHead): void {
    if (onChain.frozen) throw frozen(this.logId);
    if (onChain.size < head.size) return;
    if (onChain.size > head.size) {
      throw new GatewayError('precondition', { details: `the anchored size is ${onChain.size}` });
    }
    if (onChain.root !== hexOf(head.root)) {
      throw new GatewayError('integrity-failure', {
        details: `the chain has another root of size ${head.size}`,
      });
    }
  }

  async #enqueue(head: TreeHead, proof: readonly Uint8Array[]): Promise<OutboxRow> {
    const { outbox, chainId, contract, operatorKey, aux = ZERO } = this.#options;
    const message = { logId: this.logId, size: head.size, root: hexOf(head.root), aux };
    const signature = signHead(operatorKey, { chainId, contract }, message);
    const data = anchorCalls.anchor(message, proof.map(hexOf), signature);
    const { key } = await this.#attempt(head.size);
    return outbox.enqueue({ key, to: contract, data, priority: 'normal' });
  }

  /** The key to be used for a size, and its row: a head that failed (its proof became useless) is tried under a new key. */
  async #attempt(size: bigint): Promise<{ readonly key: string; readonly row: OutboxRow | undefined }> {
    const first = `anchor:${this.logId}:${size}`;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const key = attempt === 1 ? first : `${first}:${attempt}`;
      const row = await this.#options.outbox.find(key);
      if (row?.state !== 'failed') return { key, row };
    }
    throw new GatewayError('integrity-failure', {
      details: `the head of size ${size} failed ${MAX_ATTEMPTS} times`,
    });
  }

  async #find(size: bigint): Promise<AnchorState | undefined> {
    const { row } = await this.#attempt(size);
    return row === undefined ? undefined : this.#stateOf(row, size);
  }

  async #stateOf(row: OutboxRow, size: bigint): Promise<AnchorState> {
    // The contract had it already, or a larger one: somebody else submitted what the operator signed.
    if (row.error !== undefined) return (await this.#submittedByOther(size)) ?? { kind: 'prepared', size };
    const transaction = row.transactions.at(-1)?.hash;
    if (transaction === undefined || row.state === 'queued') return { kind: 'prepared', size };
    const mined = minedIn(row);
    if (mined === undefined) return { kind: 'submitted', size, transaction };
    const header = await this.#options.node.header(mined.block);
    return header?.hash === mined.blockHash ? { size, transaction, ...mined } : { kind: 'reorged', size };
  }

  async #submittedByOther(size: bigint): Promise<AnchorState | undefined> {
    const { node, contract } = this.#options;
    const range = { from: 0n, to: await node.blockNumber() };
    const logs = await node.logs(contract, [ANCHORED_TOPIC, this.logId], range);
    const log = logs.find((each) => numberAt(each.data, 0) === size);
    if (log === undefined) return undefined;
    return {
      kind: 'included',
      size,
      transaction: log.transaction,
      block: log.block,
      blockHash: log.blockHash,
    };
  }
}

/** The block of a row that is in one. */
function minedIn({
  state,
  block,
  blockHash,
}: OutboxRow):
  { readonly kind: 'included' | 'final'; readonly block: bigint; readonly blockHash: Hex } | undefined {
  if (state !== 'included' && state !== 'final') return undefined;
  return block === undefined || blockHash === undefined ? undefined : { kind: state, block, blockHash };
}

function hexOf(bytes: Uint8Array): Hex {
  return asHex(`0x${Buffer.from(bytes).toString('hex')}`, bytes.length);
}

function frozen(logId: Hex): GatewayError {
  return new GatewayError('integrity-failure', { details: `the log ${logId} is frozen on the chain` });
}
