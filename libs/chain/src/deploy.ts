import { getCreateAddress } from 'ethers';
import { setTimeout as delay } from 'node:timers/promises';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { codeHashOf, isCodeOf, type Artifact } from './artifact.js';
import { anchorRegistry } from './generated/anchor-registry.js';
import { consentRegistry } from './generated/consent-registry.js';
import { asHex } from './hex.js';
import { Node, type Receipt } from './node.js';
import type { Rpc } from './rpc.js';
import { signTransaction } from './transaction.js';
import { addressOf } from './typed-data.js';

/** A contract in place. */
export interface DeployedContract {
  /** Lower case. */
  readonly address: Hex;
  /** keccak-256 of the code at the address. */
  readonly codeHash: Hex;
}

/** Both contracts of a gateway. */
export interface DeployedContracts {
  readonly consentRegistry: DeployedContract;
  readonly anchorRegistry: DeployedContract;
}

const GAS_LIMIT = 8_000_000n;
const POLL_MS = 50;
const MINED_WITHIN_MS = 30_000;

/** Where contracts are deployed, and who pays. */
interface Deployment {
  readonly node: Node;
  readonly deployerKey: Hex;
  readonly minedWithinMs: number;
}

/**
 * Deploys both contracts with the first two nonces of `deployerKey`, which must serve nothing else, so that their addresses
 * are known beforehand. What is in place already is left; other code in its place, or a nonce that went to something else,
 * is refused (`version-conflict`). Throws `RpcError`, and `consent-stale` where a block does not come in time.
 */
export async function deployContracts(
  rpc: Rpc,
  deployerKey: Hex,
  minedWithinMs = MINED_WITHIN_MS,
): Promise<DeployedContracts> {
  const deployment = { node: new Node(rpc), deployerKey, minedWithinMs };
  return {
    consentRegistry: await deployAt(deployment, 0, consentRegistry),
    anchorRegistry: await deployAt(deployment, 1, anchorRegistry),
  };
}

/** The addresses that `deployContracts` gives for a deployer. */
export function contractAddresses(deployer: Hex): {
  readonly consentRegistry: Hex;
  readonly anchorRegistry: Hex;
} {
  const at = (nonce: number): Hex => asHex(getCreateAddress({ from: deployer, nonce }).toLowerCase(), 20);
  return { consentRegistry: at(0), anchorRegistry: at(1) };
}

async function deployAt(
  { node, deployerKey, minedWithinMs }: Deployment,
  nonce: number,
  artifact: Artifact,
): Promise<DeployedContract> {
  const from = addressOf(deployerKey);
  const address = asHex(getCreateAddress({ from, nonce }).toLowerCase(), 20);
  let code = await node.code(address);
  if (code === '0x') {
    if ((await node.nonce(from)) > nonce) {
      throw new GatewayError('version-conflict', {
        details: `the deployer ${from} used its transaction ${nonce} for something else`,
      });
    }
    await mined(node, await sendCode(node, deployerKey, nonce, artifact), minedWithinMs);
    code = await node.code(address);
  }
  if (!isCodeOf(artifact, code)) {
    throw new GatewayError('version-conflict', { details: `${artifact.name} is not the code at ${address}` });
  }
  return { address, codeHash: codeHashOf(code) };
}

async function sendCode(node: Node, deployerKey: Hex, nonce: number, artifact: Artifact): Promise<Hex> {
  const price = await node.gasPrice();
  const { hash, raw } = signTransaction(deployerKey, {
    chainId: await node.chainId(),
    nonce,
    to: undefined,
    data: asHex(artifact.bytecode),
    gasLimit: GAS_LIMIT,
    maxFeePerGas: 2n * price,
    maxPriorityFeePerGas: price / 2n,
  });
  await node.send(raw);
  return hash;
}

async function mined(node: Node, hash: Hex, withinMs: number): Promise<Receipt> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += POLL_MS) {
    const receipt = await node.receipt(hash);
    if (receipt !== undefined) return receipt;
    await delay(POLL_MS);
  }
  throw new GatewayError('consent-stale', { details: `transaction ${hash} was not mined` });
}
