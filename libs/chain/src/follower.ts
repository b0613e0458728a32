import { GatewayError } from '#outcome';
import type { BlockEvents, Hex, ProjectionState, ProjectionStore } from '#consent';
import type { BlockSource } from './block-reader.js';
import type { Node } from './node.js';

/** When a block's permits count: after so many blocks on top of it, or when the node calls it final. */
export type Finality = { readonly depth: number } | 'finalized';

/** What a follower needs. */
export interface FollowerOptions {
  readonly node: Node;
  readonly source: BlockSource;
  readonly store: ProjectionStore;
  readonly finality: Finality;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  /**
   * How far a new block's time may be ahead of the clock, milliseconds; `undefined` where blocks come on demand. A block dated
   * far ahead would keep the projection fresh until that time, whatever comes after it.
   */
  readonly aheadMs?: number | undefined;
  /** Told of what matters to operators. */
  readonly notice?: (notice: FollowerNotice) => void;
}

/** What happened while following. */
export type FollowerNotice =
  | { readonly kind: 'reorganised'; readonly from: bigint; readonly to: bigint }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What one step did. */
export type Step = 'applied' | 'reorganised' | 'idle';

/** Blocks below this distance from the tip are read by hash, one by one. */
const NEAR_TIP = 64n;
/** How many hashes a store keeps: a reorganisation deeper than that is an incident. */
const KEPT_BLOCKS = 256n;

/**
 * Keeps a projection level with the registry: reads block after block, goes back to the common ancestor when a block's
 * parent is not the one that was applied, confirms what is final. It holds no state of its own: the store's checkpoint is
 * where it goes on. One follower per store.
 */
export class ChainFollower {
  readonly #options: FollowerOptions;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /**
   * Goes one step. Throws `RpcError` where the node does not answer, `consent-stale` where it dates a block ahead, `integrity-failure` where the chain is another one
   * than was applied, deeper than can be undone.
   */
  async step(): Promise<Step> {
    const state = await this.#requireState();
    const tip = await this.#options.node.blockNumber();
    const taken = await this.#take(state, tip);
    await this.#confirm(tip);
    return taken;
  }

  /** Steps until the projection is level with the tip. */
  async catchUp(): Promise<void> {
    while ((await this.step()) !== 'idle');
  }

  /** Follows until aborted. A failing step is told as a notice, and tried again after the pause. */
  async run(signal: AbortSignal, pause: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      const step = await this.#tryStep();
      if (step === 'idle' || step === undefined) await pause();
    }
  }

  async #tryStep(): Promise<Step | undefined> {
    try {
      return await this.step();
    } catch (error) {
      this.#options.notice?.({ kind: 'failed', error });
      return undefined;
    }
  }

  async #take(state: ProjectionState, tip: bigint): Promise<Step> {
    const { store, source, nowMs } = this.#options;
    const at = state.at.number;
    // A node that is behind, on the same chain, takes nothing back; and it is no contact either: the projection ages.
    if (tip < at && (await this.#agreesAt(tip))) return 'idle';
    if (tip < at || !(await this.#agreesAt(at))) return this.#walkBack(at);
    if (tip === at) {
      await store.contact(nowMs());
      return 'idle';
    }
    const blocks = tip - at > NEAR_TIP ? await source.range(at, tip - NEAR_TIP) : await this.#nextBlock(at);
    const [first] = blocks;
    if (first === undefined) return 'idle';
    // The chain changed while we read: the next step finds the common ancestor.
    if (first.parentHash !== state.at.hash) return 'idle';
    this.#requireTimely(blocks);
    await store.apply(blocks, nowMs());
    return 'applied';
  }

  /** The same rule as among nodes: a block from the future waits until its time has come. */
  #requireTimely(blocks: readonly BlockEvents[]): void {
    const { nowMs, aheadMs } = this.#options;
    const early = blocks.find(({ time }) => aheadMs !== undefined && time * 1_000 > nowMs() + aheadMs);
    if (early === undefined) return;
    throw new GatewayError('consent-stale', {
      details: `block ${early.number} is dated ${early.time}, ahead of the clock`,
    });
  }

  async #nextBlock(number: bigint): ReturnType<BlockSource['range']> {
    const block = await this.#options.source.next(number);
    return block === undefined ? [] : [block];
  }

  /** Whether the node has the block that was applied. */
  async #agreesAt(number: bigint): Promise<boolean> {
    const { node, store } = this.#options;
    const stored = await store.hashAt(number);
    return stored !== undefined && (await node.header(number))?.hash === stored;
  }

  /** Undoes down to the newest block that the node has too. */
  async #walkBack(from: bigint): Promise<Step> {
    const { node, store, notice } = this.#options;
    for (let number = from - 1n; number >= 0n && number >= from - KEPT_BLOCKS; number -= 1n) {
      const stored = await store.hashAt(number);
      if (stored === undefined) break;
      if ((await node.header(number))?.hash !== stored) continue;
      await store.undo(number);
      notice?.({ kind: 'reorganised', from, to: number });
      return 'reorganised';
    }
    throw new GatewayError('integrity-failure', {
      details: `the chain has no block in common with the projection below ${from}`,
    });
  }

  async #confirm(tip: bigint): Promise<void> {
    const { node, store, finality } = this.#options;
    const final =
      finality === 'finalized' ? (await node.header('finalized'))?.number : tip - BigInt(finality.depth);
    const at = (await this.#requireState()).at.number;
    if (final === undefined || final < 0n) return;
    await store.confirm(final < at ? final : at);
  }

  async #requireState(): Promise<ProjectionState> {
    const state = await this.#options.store.state();
    if (state === undefined) throw new GatewayError('internal', { details: 'the projection has not begun' });
    return state;
  }
}

/**
 * Begins a projection at a block before the contract's first event: genesis, unless told otherwise. A projection that has
 * begun at the same registry goes on. Throws `version-conflict` where it followed another one.
 */
export async function beginProjection(
  store: ProjectionStore,
  node: Node,
  registry: { readonly contract: Hex; readonly codeHash: Hex; readonly fromBlock?: bigint },
): Promise<void> {
  const { contract, codeHash, fromBlock = 0n } = registry;
  const [chainId, genesis, start] = await Promise.all([
    node.chainId(),
    node.header(0n),
    node.header(fromBlock),
  ]);
  if (genesis === undefined || start === undefined) {
    throw new GatewayError('consent-stale', { details: `the node does not have block ${fromBlock}` });
  }
  const key = { chainId: chainId.toString(), genesisHash: genesis.hash, contract, codeHash };
  await store.begin(key, start);
}
