import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { deployContracts, type DeployedContracts } from '../deploy.js';
import { AnvilProcess } from '../embedded/anvil-process.js';
import { anvilBinary } from '../embedded/binary.js';
import { ensureGenesis } from '../embedded/genesis.js';
import { Node } from '../node.js';
import type { Rpc } from '../rpc.js';
import { signTransaction } from '../transaction.js';
import type { Hex } from '#consent';
import { makeAccount, type TestAccount } from './keys.js';

/** A node for tests without journal or door, so that they can reorganise it. */
export interface TestChain {
  readonly rpc: Rpc;
  readonly node: Node;
  readonly chainId: bigint;
  readonly contracts: DeployedContracts;
  readonly relayer: TestAccount;
  /** Sends a call from the relayer and waits until it is mined; nonces are counted here. */
  send(to: Hex, data: Hex): Promise<Hex>;
  stop(): Promise<void>;
}

const GWEI = 1_000_000_000n;
const GAS_LIMIT = 5_000_000n;

/** What makes a chain the same each time: its id and its accounts. */
export interface FixedChain {
  readonly chainId: number;
  readonly deployer: TestAccount;
  readonly relayer: TestAccount;
}

/** Starts a node with both contracts. */
export async function startTestChain(fixed?: FixedChain): Promise<TestChain> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'proviso-anvil-'));
  const genesisPath = path.join(folder, 'genesis.json');
  const { deployer, relayer } = fixed ?? { deployer: makeAccount(), relayer: makeAccount() };
  const made = await ensureGenesis(genesisPath, [deployer.address, relayer.address], Date.now());
  const genesis = { ...made, chainId: fixed?.chainId ?? made.chainId };
  const anvil = await AnvilProcess.start({ binary: anvilBinary(), genesisPath, genesis });
  const rpc = anvil.endpoint;
  const node = new Node(rpc);
  const contracts = await deployContracts(rpc, deployer.key);
  const chainId = BigInt(genesis.chainId);

  const send = async (to: Hex, data: Hex): Promise<Hex> => {
    const nonce = await node.nonce(relayer.address);
    const fees = { maxFeePerGas: 4n * GWEI, maxPriorityFeePerGas: GWEI };
    const { raw, hash } = signTransaction(relayer.key, {
      chainId,
      nonce,
      to,
      data,
      gasLimit: GAS_LIMIT,
      ...fees,
    });
    await rpc.call('eth_sendRawTransactionSync', [raw]);
    return hash;
  };
  const stop = async (): Promise<void> => {
    await anvil.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { rpc, node, chainId, contracts, relayer, send, stop };
}
