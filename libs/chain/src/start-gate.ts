import type { Hex, ProjectionStore, RegistryKey } from '#consent';
import { codeHashOf, isCodeOf } from './artifact.js';
import { consentRegistry } from './generated/consent-registry.js';
import type { Node } from './node.js';
import type { RegistryClient } from './registry-client.js';
import { RpcError } from './rpc-error.js';

/**
 * What the gate found. `stop`: the chain is another one than was followed, nothing may start. `hold`: what needs the chain
 * waits until the node has caught up.
 */
export type GateFault =
  | {
      readonly severity: 'stop';
      readonly kind: 'chain-id' | 'genesis-hash' | 'code-hash' | 'contract' | 'checkpoint-hash';
      readonly expected: string;
      readonly found: string;
    }
  | { readonly severity: 'stop'; readonly kind: 'development-chain'; readonly found: string }
  | {
      readonly severity: 'hold';
      readonly kind: 'tip-below-checkpoint';
      readonly checkpoint: bigint;
      readonly tip: bigint;
    }
  | { readonly severity: 'hold'; readonly kind: 'node-silent' }
  | {
      readonly severity: 'hold';
      readonly kind: 'sample-differs';
      readonly subject: Hex;
      readonly grantId: Hex;
      readonly stored: bigint;
      readonly onChain: bigint;
    };

/** What is pinned, by configuration or by the projection. */
export interface GateOptions {
  readonly node: Node;
  readonly store: ProjectionStore;
  readonly pinned: RegistryKey;
  /** Refuses chains, nodes and accounts that development tools make. */
  readonly production: boolean;
  /** Accounts whose keys the gateway holds. */
  readonly accounts?: readonly Hex[];
}

const DEVELOPMENT_CHAINS: ReadonlySet<string> = new Set(['1337', '31337']);
const DEVELOPMENT_CLIENT = /^(anvil|hardhat|ganache)/i;
const SAMPLE = 100;
/** Keys that everybody has: those of the phrase that development nodes begin with, and of the account of `geth --dev`. */
const KNOWN_ACCOUNTS: ReadonlySet<string> = new Set([
  '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
  '0x70997970c51812dc3a010c7d01b50e0d17dc79c8',
  '0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
  '0x90f79bf6eb2c4f870365e785982e1f101e93b906',
  '0x15d34aaf54267db7d7c367839aaf71a00a2c6a65',
  '0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
  '0x976ea74026e726554db657fa54763abd0c3a0aa9',
  '0x14dc79964da2c08b23698b3d3cc7ca32193d9955',
  '0x23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f',
  '0xa0ee7a142d267c1f36714e4a8f75612f20a79720',
  '0x71562b71999873db5b286df957af199ec94617f7',
]);

/** Compares the chain with what is pinned and with the projection's checkpoint. Empty: all is well. */
export async function checkChain(options: GateOptions): Promise<readonly GateFault[]> {
  try {
    const faults = [...(await identityFaults(options)), ...(await checkpointFaults(options))];
    return options.production ? [...faults, ...(await developmentFaults(options))] : faults;
  } catch (error) {
    if (error instanceof RpcError) return [{ severity: 'hold', kind: 'node-silent' }];
    throw error;
  }
}

async function identityFaults({ node, store, pinned }: GateOptions): Promise<readonly GateFault[]> {
  const [chainId, genesis, code, followed] = await Promise.all([
    node.chainId(),
    node.header(0n),
    node.code(pinned.contract),
    store.key(),
  ]);
  const codeFault = isCodeOf(consentRegistry, code) ? pinned.codeHash : `not ${consentRegistry.name}`;
  return [
    ...differs('chain-id', pinned.chainId, chainId.toString()),
    ...differs('genesis-hash', pinned.genesisHash, genesis?.hash ?? 'none'),
    ...differs('code-hash', codeFault, codeHashOf(code)),
    ...(followed === undefined ? [] : differs('contract', pinned.contract, followed.contract)),
  ];
}

async function checkpointFaults({ node, store }: GateOptions): Promise<readonly GateFault[]> {
  const state = await store.state();
  if (state === undefined) return [];
  const tip = await node.blockNumber();
  const checkpoint = state.at.number;
  if (tip < checkpoint) return [{ severity: 'hold', kind: 'tip-below-checkpoint', checkpoint, tip }];
  return differs('checkpoint-hash', state.at.hash, (await node.header(checkpoint))?.hash ?? 'none');
}

async function developmentFaults(options: GateOptions): Promise<readonly GateFault[]> {
  const { node, pinned, accounts = [] } = options;
  const client = String(await node.rpc.call('web3_clientVersion', []));
  const found = [
    ...(DEVELOPMENT_CHAINS.has(pinned.chainId) ? [`chain id ${pinned.chainId}`] : []),
    ...(DEVELOPMENT_CLIENT.test(client) ? [client] : []),
    ...((await answersToTools(node)) ? ['a node that anybody may rewrite'] : []),
    ...accounts.filter((account) => KNOWN_ACCOUNTS.has(account.toLowerCase())),
  ];
  return found.map((each) => ({ severity: 'stop', kind: 'development-chain', found: each }));
}

/** A development node may call itself what it likes: it is known by what it answers to. */
async function answersToTools({ rpc }: Node): Promise<boolean> {
  try {
    await rpc.call('anvil_nodeInfo', []);
    return true;
  } catch (error) {
    if (error instanceof RpcError && error.fault.kind === 'answer') return false;
    throw error;
  }
}

function differs(
  kind: 'chain-id' | 'genesis-hash' | 'code-hash' | 'contract' | 'checkpoint-hash',
  expected: string,
  found: string,
): readonly GateFault[] {
  const same = expected.toLowerCase() === found.toLowerCase();
  return same ? [] : [{ severity: 'stop', kind, expected, found }];
}

/** Compares up to 100 stored words with the contract's, at the projection's block. */
export async function compareSample(
  store: ProjectionStore,
  registry: RegistryClient,
): Promise<readonly GateFault[]> {
  const state = await store.state();
  if (state === undefined) return [];
  const faults: GateFault[] = [];
  for (const { subject, grantId, word } of await store.sample(SAMPLE)) {
    const [onChain = 0n] = (await registry.states(subject, [grantId], state.at.number)).words;
    if (onChain !== word) {
      faults.push({ severity: 'hold', kind: 'sample-differs', subject, grantId, stored: word, onChain });
    }
  }
  return faults;
}
