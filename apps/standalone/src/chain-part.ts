import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, asHex, deployContracts, EmbeddedChain, JsonRpc } from '#chain';
import { loadKeyring, type Config, type Keyring } from '#config';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';

/** The chain as the other parts see it. */
export interface ChainPart {
  readonly rpcUrl: string;
  readonly id: string;
  readonly genesisHash: string;
  readonly development: boolean;
  readonly contracts: { readonly consentRegistry: string; readonly anchorRegistry: string };
  readonly codeHashes: { readonly consentRegistry: string; readonly anchorRegistry: string };
  /** What the node process must be told. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** The chain of CHAIN_RPC_URLS, or an embedded one with the contracts deployed. */
export async function startChain(config: Config, keyring: Keyring): Promise<ChainPart> {
  return config.CHAIN_MODE === 'external' ? externalChain(config) : embeddedChain(config, keyring);
}

function externalChain(config: Config): ChainPart {
  const pinned = {
    rpcUrl: config.CHAIN_RPC_URLS?.[0],
    id: config.CHAIN_ID,
    genesisHash: config.CHAIN_GENESIS_HASH,
    consentRegistry: config.CONSENT_REGISTRY,
    anchorRegistry: config.ANCHOR_REGISTRY,
    consentCode: config.CONSENT_REGISTRY_CODE_HASH,
    anchorCode: config.ANCHOR_REGISTRY_CODE_HASH,
  };
  const { rpcUrl, id, genesisHash, consentRegistry, anchorRegistry, consentCode, anchorCode } = pinned;
  if (!rpcUrl || !id || !genesisHash || !consentRegistry || !anchorRegistry || !consentCode || !anchorCode) {
    throw new GatewayError('internal', { details: 'An external chain must be pinned.' });
  }
  return {
    rpcUrl,
    id: String(id),
    genesisHash,
    development: config.CHAIN_BLOCKS === 'on-demand',
    contracts: { consentRegistry, anchorRegistry },
    codeHashes: { consentRegistry: consentCode, anchorRegistry: anchorCode },
    env: {},
    stop: () => Promise.resolve(),
  };
}

async function embeddedChain(config: Config, keyring: Keyring): Promise<ChainPart> {
  const deployer = deployerKey(config.DATA_DIR);
  const chain = await EmbeddedChain.start({
    dataDir: config.DATA_DIR,
    port: config.CHAIN_PORT,
    fund: [
      addressOf(deployer),
      addressOf(asHex(keyring.relayer, 32)),
      addressOf(asHex(keyring.operator, 32)),
    ],
  });
  const rpc = new JsonRpc({ urls: [chain.rpcUrl], timeoutMs: 5_000 });
  const { consentRegistry, anchorRegistry } = await deployContracts(rpc, deployer);
  rpc.close();
  const id = String(chain.chainId);
  return {
    rpcUrl: chain.rpcUrl,
    id,
    genesisHash: chain.genesisHash,
    development: true,
    contracts: { consentRegistry: consentRegistry.address, anchorRegistry: anchorRegistry.address },
    codeHashes: { consentRegistry: consentRegistry.codeHash, anchorRegistry: anchorRegistry.codeHash },
    env: {
      CHAIN_MODE: 'external',
      CHAIN_RPC_URLS: chain.rpcUrl,
      CHAIN_BLOCKS: 'on-demand',
      CHAIN_ID: id,
      CHAIN_GENESIS_HASH: chain.genesisHash,
      CONSENT_REGISTRY: consentRegistry.address,
      CONSENT_REGISTRY_DEPLOY_BLOCK: '0',
      CONSENT_REGISTRY_CODE_HASH: consentRegistry.codeHash,
      ANCHOR_REGISTRY: anchorRegistry.address,
      ANCHOR_REGISTRY_DEPLOY_BLOCK: '0',
      ANCHOR_REGISTRY_CODE_HASH: anchorRegistry.codeHash,
    },
    stop: () => chain.stop(),
  };
}

/** The keyring, or one error that names every fault. */
export function keyringOf(config: Config): Keyring {
  const loaded = loadKeyring(config);
  if (loaded.kind === 'faults') throw new GatewayError('internal', { details: loaded.faults.join('; ') });
  return loaded.keyring;
}

/** The account that deploys the contracts of an embedded chain and serves nothing else. */
function deployerKey(dataDir: string): Hex {
  const folder = join(dataDir, 'chain');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'deployer.hex');
  if (!existsSync(file)) writeFileSync(file, `0x${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  return asHex(readFileSync(file, 'utf8').trim(), 32);
}
