import { codeHashOf, deployContracts, deployedIn, JsonRpc, Node, type DeployedContract } from '#chain';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import { CommandError } from './exit.js';

const TIMEOUT_MS = 10_000;
const MINED_WITHIN_MS = 600_000;

/** The settings that pin a chain, by name, as the gateway is given them. */
export type ChainSettings = Readonly<Record<string, string>>;

/**
 * Deploys what is not there yet, through the first endpoint, and gives the settings that pin it. The other endpoints must
 * tell the same chain and the same code: what one node alone says is not what a gateway should be pinned to. Ends the
 * command where it cannot be done.
 */
export async function deployedSettings(urls: readonly string[], deployerKey: Hex): Promise<ChainSettings> {
  const clients = urls.map((url) => new JsonRpc({ urls: [url], timeoutMs: TIMEOUT_MS }));
  try {
    const [first, ...others] = clients;
    if (first === undefined) throw new CommandError('Give the URL of a chain node.');
    const contracts = await deployContracts(first, deployerKey, MINED_WITHIN_MS);
    const { consentRegistry, anchorRegistry } = contracts;
    const node = new Node(first);
    const pins = await pinsOf(node, consentRegistry, anchorRegistry);
    for (const [index, other] of others.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- a handful
      const told = await pinsOf(new Node(other), consentRegistry, anchorRegistry);
      requireSame(pins, told, urls[index + 1] ?? '');
    }
    return {
      CHAIN_MODE: 'external',
      CHAIN_RPC_URLS: urls.join(','),
      ...pins,
      // permits and anchors count once nobody can take their block back; where a block is final at once, say 0
      CHAIN_FINALITY: 'finalized',
      CONSENT_REGISTRY_DEPLOY_BLOCK: await blockOf(node, consentRegistry),
      ANCHOR_REGISTRY_DEPLOY_BLOCK: await blockOf(node, anchorRegistry),
    };
  } catch (error) {
    if (error instanceof GatewayError) throw new CommandError(error.details ?? error.message);
    throw error;
  } finally {
    for (const client of clients) client.close();
  }
}

async function pinsOf(
  node: Node,
  consent: DeployedContract,
  anchor: DeployedContract,
): Promise<ChainSettings> {
  const [chainId, genesis, consentCode, anchorCode] = await Promise.all([
    node.chainId(),
    node.header(0n),
    node.code(consent.address),
    node.code(anchor.address),
  ]);
  return {
    CHAIN_ID: String(chainId),
    CHAIN_GENESIS_HASH: genesis?.hash ?? 'none',
    CONSENT_REGISTRY: consent.address,
    CONSENT_REGISTRY_CODE_HASH: codeHashOf(consentCode),
    ANCHOR_REGISTRY: anchor.address,
    ANCHOR_REGISTRY_CODE_HASH: codeHashOf(anchorCode),
  };
}

function requireSame(pins: ChainSettings, told: ChainSettings, url: string): void {
  const differing = Object.keys(pins).filter((name) => pins[name] !== told[name]);
  if (differing.length === 0) return;
  throw new CommandError(`${new URL(url).host} has another ${differing.join(', ')}; nothing is pinned.`);
}

/** A projection that begins at genesis is right too, and slower. */
async function blockOf(node: Node, { address }: DeployedContract): Promise<string> {
  return String((await deployedIn(node, address)) ?? 0n);
}
