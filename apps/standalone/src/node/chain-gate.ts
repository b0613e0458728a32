import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { AnchorClient, beginProjection, checkChain, RpcError, type GateFault } from '#chain';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import type { KnownHead, SqlProjectionStore } from '#store';
import { headOnChain } from '../../../ledger/src/monitor/head-on-chain.js';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import { reportChain } from './chain-report.js';
import type { Pinned } from './open-ledger.js';

const TRIES = 20;
const PAUSE_MS = 250;

/**
 * The chain's start-up gate. Another chain, other code or another checkpoint stops the node; a silent or lagging one only
 * holds back what needs it. Begins the projection where there is none.
 */
export async function passChainGate(
  chain: OpenChain,
  projection: SqlProjectionStore,
  options: {
    readonly pinned: Pinned;
    readonly production: boolean;
    readonly accounts: readonly Hex[];
    readonly log: Logger;
  },
): Promise<void> {
  const { pinned, production, accounts, log } = options;
  const faults = await checkChain({
    node: chain.node,
    store: projection,
    pinned: {
      chainId: String(pinned.chainId),
      genesisHash: pinned.genesisHash,
      contract: pinned.consentRegistry,
      codeHash: pinned.consentCodeHash,
    },
    production,
    accounts,
  });
  const stopping = faults.filter(({ severity }) => severity === 'stop');
  if (stopping.length > 0) {
    throw new GatewayError('internal', {
      details: `The chain is not the one that is pinned: ${kinds(stopping)}`,
    });
  }
  if (faults.length > 0) log.warn({ faults: kinds(faults) }, 'the chain is held back');
  const { consentRegistry: contract, consentCodeHash: codeHash, fromBlock } = pinned;
  await beginProjection(projection, chain.node, { contract, codeHash, fromBlock }).catch((error: unknown) => {
    if (!(error instanceof RpcError)) throw error;
    log.warn({ err: error }, 'the projection begins when the node answers');
  });
  await reportChain(chain, log);
}

/** The head that the chain holds of the log; none where it does not answer, and none before the first anchor. */
export async function headsOnChain(
  chain: OpenChain,
  { anchorRegistry }: Pinned,
  log: Logger,
): Promise<readonly KnownHead[]> {
  const contract = new AnchorClient(chain.node, anchorRegistry);
  for (let tries = 0; tries < TRIES; tries += 1) {
    // oxlint-disable no-await-in-loop -- one try after the other
    try {
      const head = await headOnChain(contract, chain.anchor.logId);
      return head === undefined ? [] : [head];
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      await sleep(PAUSE_MS);
    }
    // oxlint-enable no-await-in-loop
  }
  log.warn('the chain does not say which head it holds');
  return [];
}

function kinds(faults: readonly GateFault[]): string {
  return faults.map(({ kind }) => kind).join(', ');
}
