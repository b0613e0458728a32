import type { Logger } from 'pino';
import { addressOf, asHex, ownLogKeys, type Finality } from '#chain';
import type { Config, Keyring } from '#config';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import { encodeVkey, noteKeyOf, SIGNATURE_TYPE } from '#provenance';
import type { AnchorPlace, SqlOutbox, SqlProjectionStore } from '#store';
import { openChain, type OpenChain } from '../../../ledger/src/open-chain.js';
import { originOf } from '../policy-file.js';

const WEI_PER_GWEI = 1_000_000_000n;
const MS_PER_S = 1_000;
/** Twice what nodes allow each other; the same distance raises the alarm `clock-apart`. */
const AHEAD_MS = 30_000;

/** The registries that the configuration pins. */
export interface Pinned {
  readonly rpcUrls: readonly string[];
  readonly chainId: bigint;
  readonly genesisHash: Hex;
  readonly consentRegistry: Hex;
  readonly consentCodeHash: Hex;
  readonly anchorRegistry: Hex;
  readonly anchorCodeHash: Hex;
  readonly fromBlock: bigint;
}

/** What is pinned; a node always runs against a pinned chain, the embedded one included. */
export function pinnedOf(config: Config): Pinned {
  return {
    rpcUrls: given(config.CHAIN_RPC_URLS, 'CHAIN_RPC_URLS'),
    chainId: BigInt(given(config.CHAIN_ID, 'CHAIN_ID')),
    genesisHash: asHex(given(config.CHAIN_GENESIS_HASH, 'CHAIN_GENESIS_HASH')),
    consentRegistry: asHex(given(config.CONSENT_REGISTRY, 'CONSENT_REGISTRY')),
    consentCodeHash: asHex(given(config.CONSENT_REGISTRY_CODE_HASH, 'CONSENT_REGISTRY_CODE_HASH')),
    anchorRegistry: asHex(given(config.ANCHOR_REGISTRY, 'ANCHOR_REGISTRY')),
    anchorCodeHash: asHex(given(config.ANCHOR_REGISTRY_CODE_HASH, 'ANCHOR_REGISTRY_CODE_HASH')),
    fromBlock: BigInt(config.CONSENT_REGISTRY_DEPLOY_BLOCK ?? 0),
  };
}

function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new GatewayError('internal', { details: `${name} must be given.` });
  return value;
}

/** Opens the chain side of a node. */
export function openLedgerChain(
  pinned: Pinned,
  stores: { readonly projection: SqlProjectionStore; readonly outbox: SqlOutbox },
  options: {
    readonly config: Config;
    readonly keyring: Keyring;
    readonly log: Logger;
    readonly clock: () => number;
  },
): OpenChain {
  const { config, keyring, log, clock } = options;
  const operator = addressOf(asHex(keyring.operator));
  const vkey = encodeVkey(noteKeyOf(originOf(config), SIGNATURE_TYPE.ed25519, keyring.log.publicKey));
  return openChain({
    rpcUrls: pinned.rpcUrls,
    timeoutMs: config.RPC_TIMEOUT_MS,
    chainId: pinned.chainId,
    consentRegistry: pinned.consentRegistry,
    anchorRegistry: pinned.anchorRegistry,
    anchorCodeHash: pinned.anchorCodeHash,
    finality: finalityOf(config),
    aheadMs: config.CHAIN_BLOCKS === 'timed' ? AHEAD_MS : undefined,
    projection: stores.projection,
    outbox: stores.outbox,
    origin: originOf(config),
    logKeys: ownLogKeys(operator, vkey),
    operatorKey: asHex(keyring.operator),
    relayerKey: asHex(keyring.relayer),
    fees: {
      capWei: BigInt(config.FEE_CAP_GWEI) * WEI_PER_GWEI,
      bumpPercent: config.FEE_BUMP_PCT,
      stuckAfterMs: config.TX_STUCK_AFTER_S * MS_PER_S,
    },
    nowMs: clock,
    notice: (notice) =>
      log.warn({ notice: notice.kind, ...('error' in notice ? { err: notice.error } : {}) }, 'chain'),
  });
}

/** The accounts whose keys the gateway holds. */
export function accountsOf({ relayer, operator }: Keyring): readonly Hex[] {
  return [relayer, operator].map((key) => addressOf(asHex(key, 32)));
}

/** When a block's anchors and permits count. */
export function finalityOf({ CHAIN_FINALITY: finality }: Config): Finality {
  return finality === 'finalized' ? 'finalized' : { depth: finality };
}

/** Where the log is anchored. */
export function placeOf({ chainId, anchorRegistry }: Pinned, { anchor }: OpenChain): AnchorPlace {
  return { chainId: String(chainId), contract: anchorRegistry, logId: anchor.logId };
}
