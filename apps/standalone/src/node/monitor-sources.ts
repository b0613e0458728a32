import { join } from 'node:path';
import { AnchorClient, JsonRpc, Node } from '#chain';
import type { Config, Keyring } from '#config';
import { LogReader, SqlKeyedWriteStore, StoreSampler, unheldSessions } from '#store';
import type { MonitorSources } from '../../../ledger/src/monitor/monitor-sources.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { originOf } from '../policy-file.js';
import { finalityOf, placeOf, type Pinned } from './open-ledger.js';
import type { NodeFollowers } from './start-followers.js';
import type { Ground } from './storage.js';
import type { Stores } from './stores.js';

/** What a node's monitor looks at. */
export interface MonitoredNode {
  readonly config: Config;
  readonly keyring: Keyring;
  readonly ground: Ground;
  readonly stores: Stores;
  readonly chain: OpenChain;
  readonly pinned: Pinned;
  /** Where this process may lead them; only then their lags are looked at here. */
  readonly followers: Pick<NodeFollowers, 'lags'> | undefined;
}

/** Where a node's monitor reads; `close` ends the connections to single endpoints. */
export function monitorSources(node: MonitoredNode): MonitorSources & { readonly close: () => void } {
  const { config, pinned } = node;
  return {
    ...storeSources(node),
    ...chainSources(node),
    ...openNodes(pinned.rpcUrls, config.RPC_TIMEOUT_MS),
  };
}

/** Each endpoint by itself; one alone has nobody to disagree with. */
function openNodes(urls: readonly string[], timeoutMs: number) {
  const clients = urls.length < 2 ? [] : urls.map((url) => new JsonRpc({ urls: [url], timeoutMs }));
  const close = (): void => {
    for (const client of clients) client.close();
  };
  return { nodes: clients.map((client) => new Node(client)), close };
}

function storeSources({ config, keyring, ground, stores, followers }: MonitoredNode) {
  const { pool, policy, context } = ground;
  const { TENANT: tenant } = config;
  return {
    log: new LogReader(pool, tenant),
    origin: originOf(config),
    policy,
    highWaterPath: join(config.DATA_DIR, 'high-water.json'),
    anchors: stores.anchors,
    sampler: new StoreSampler({
      pool,
      tenant,
      mac: context.mac,
      rootKey: keyring.vaultRoot,
      policy,
      random: Math.random,
    }),
    writes: new SqlKeyedWriteStore({ pool, ...context, keysPerClient: config.WRITE_KEYS_PER_CLIENT }),
    unheldSessions: () => unheldSessions(pool, tenant),
    followerLags: () => followers?.lags() ?? Promise.resolve([]),
  } satisfies Partial<MonitorSources>;
}

function chainSources({ config, stores, chain, pinned }: MonitoredNode) {
  return {
    place: placeOf(pinned, chain),
    logId: chain.anchor.logId,
    contract: new AnchorClient(chain.node, pinned.anchorRegistry),
    node: chain.node,
    pinned: { ...pinned, chainId: String(pinned.chainId) },
    deployBlock: BigInt(config.ANCHOR_REGISTRY_DEPLOY_BLOCK ?? 0),
    consentDeployBlock: pinned.fromBlock,
    finality: finalityOf(config),
    projection: stores.projection,
    registry: chain.registry,
  } satisfies Partial<MonitorSources>;
}
