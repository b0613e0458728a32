import {
  BlockReader,
  ChainAnchor,
  ChainFollower,
  JsonRpc,
  Node,
  RegistryClient,
  Relayer,
  type Finality,
  type FollowerNotice,
  type LogKeys,
  type Outbox,
  type RelayerNotice,
} from '#chain';
import type { Hex, ProjectionStore } from '#consent';

/** What the chain side of a node is made of. */
export interface ChainOptions {
  readonly rpcUrls: readonly string[];
  readonly timeoutMs: number;
  readonly chainId: bigint;
  readonly consentRegistry: Hex;
  readonly anchorRegistry: Hex;
  readonly anchorCodeHash: Hex;
  readonly finality: Finality;
  /** How far a new block may be dated ahead of the clock; `undefined` where blocks come on demand. */
  readonly aheadMs: number | undefined;
  readonly projection: ProjectionStore;
  readonly outbox: Outbox;
  readonly origin: string;
  readonly logKeys: LogKeys;
  readonly operatorKey: Hex;
  readonly relayerKey: Hex;
  readonly fees: { readonly capWei: bigint; readonly bumpPercent: number; readonly stuckAfterMs: number };
  readonly nowMs: () => number;
  readonly notice: (notice: FollowerNotice | RelayerNotice) => void;
}

/** The chain as a node uses it. */
export interface OpenChain {
  readonly node: Node;
  readonly registry: RegistryClient;
  readonly follower: ChainFollower;
  readonly relayer: Relayer;
  readonly anchor: ChainAnchor;
  close(): void;
}

/** Wires the chain's clients to one node (or several, by preference). Connects to nothing yet. */
export function openChain(options: ChainOptions): OpenChain {
  const { chainId, finality, aheadMs, nowMs, notice, outbox, projection: store } = options;
  const rpc = new JsonRpc({ urls: options.rpcUrls, timeoutMs: options.timeoutMs });
  const node = new Node(rpc);
  const source = new BlockReader(node, options.consentRegistry, { nowMs });
  return {
    node,
    registry: new RegistryClient(node, options.consentRegistry),
    follower: new ChainFollower({ node, source, store, finality, aheadMs, nowMs, notice }),
    relayer: new Relayer({
      node,
      outbox,
      key: options.relayerKey,
      chainId,
      finality,
      nowMs,
      fees: options.fees,
      notice,
    }),
    anchor: new ChainAnchor({
      node,
      outbox,
      chainId,
      contract: options.anchorRegistry,
      codeHash: options.anchorCodeHash,
      origin: options.origin,
      keys: options.logKeys,
      operatorKey: options.operatorKey,
    }),
    close: () => rpc.close(),
  };
}
