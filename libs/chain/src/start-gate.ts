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
  /** Refuses chains and nodes that development tools make. */
  readonly production: boolean;
}

const DEVELOPMENT_CHAINS: ReadonlySet<string> = new Set(['1337', '31337']);
const DEVELOPMENT_CLIENT = /^(anvil|hardhat|ganache)/i;
const SAMPLE = 100;

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

async function developmentFaults({ node, pinned }: GateOptions): Promise<readonly GateFault[]> {
  const client = String(await node.rpc.call('web3_clientVersion', []));
  const faults: GateFault[] = [];
  if (DEVELOPMENT_CHAINS.has(pinned.chainId)) {
    faults.push({ severity: 'stop', kind: 'development-chain', found: `chain id ${pinned.chainId}` });
  }
  if (DEVELOPMENT_CLIENT.test(client)) {
    faults.push({ severity: 'stop', kind: 'development-chain', found: client });
  }
  return faults;
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
