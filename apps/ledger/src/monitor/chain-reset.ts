import { codeHashOf, type AnchorClient, type Node } from '#chain';
import type { Hex } from '#consent';
import type { AnchorPlace, SqlAnchorLog } from '#store';
import type { Check } from './check.js';
import type { LostPart, MonitorFinding } from './finding.js';

/** What tells one chain from another. */
export interface ChainIdentity {
  readonly chainId: string;
  readonly genesisHash: string;
  readonly consentCodeHash: string;
  readonly anchorCodeHash: string;
}

/** What is pinned, and at which addresses. */
export interface PinnedChain extends ChainIdentity {
  readonly consentRegistry: Hex;
  readonly anchorRegistry: Hex;
}

/** What the node shows, beside what is pinned and what was final. */
interface ResetReading {
  readonly pinned: ChainIdentity;
  readonly found: ChainIdentity;
  /** Size of the newest final anchor; 0 before the first. */
  readonly finalSize: bigint;
  /** Size that the contract holds; 0 where the log is not open. */
  readonly headSize: bigint;
}

/** The chain is the pinned one, has the contracts' code, and holds at least what was final on it. */
function judgeReset({ pinned, found, finalSize, headSize }: ResetReading): readonly MonitorFinding[] {
  const head: MonitorFinding = {
    kind: 'chain-reset',
    lost: 'head',
    expected: String(finalSize),
    found: String(headSize),
  };
  return [
    ...differing('chain-id', pinned.chainId, found.chainId),
    ...differing('genesis', pinned.genesisHash, found.genesisHash),
    ...differing('consent-code', pinned.consentCodeHash, found.consentCodeHash),
    ...differing('anchor-code', pinned.anchorCodeHash, found.anchorCodeHash),
    ...(headSize < finalSize ? [head] : []),
  ];
}

function differing(lost: LostPart, expected: string, found: string): readonly MonitorFinding[] {
  const isSame = expected.toLowerCase() === found.toLowerCase();
  return isSame ? [] : [{ kind: 'chain-reset', lost, expected, found }];
}

/** Looks whether the chain was exchanged, or lost what was final. */
export function chainResetCheck(sources: {
  readonly node: Pick<Node, 'chainId' | 'header' | 'code'>;
  readonly contract: Pick<AnchorClient, 'head'>;
  readonly anchors: Pick<SqlAnchorLog, 'newestFinal'>;
  readonly place: AnchorPlace;
  readonly logId: Hex;
  readonly pinned: PinnedChain;
}): Check {
  const { node, contract, anchors, place, logId, pinned } = sources;
  return {
    name: 'chain-reset',
    look: async () => {
      // First what was final: the chain only grows, so that a later look at it cannot seem too small.
      const finalSize = (await anchors.newestFinal(place))?.size ?? 0n;
      const [chainId, genesis, consentCode, anchorCode] = await Promise.all([
        node.chainId(),
        node.header(0n),
        node.code(pinned.consentRegistry),
        node.code(pinned.anchorRegistry),
      ]);
      const found = {
        chainId: String(chainId),
        genesisHash: genesis?.hash ?? 'none',
        consentCodeHash: codeHashOf(consentCode),
        anchorCodeHash: codeHashOf(anchorCode),
      };
      const isThere = anchorCode !== '0x';
      const headSize = isThere ? ((await contract.head(logId))?.size ?? 0n) : 0n;
      return judgeReset({ pinned, found, finalSize, headSize });
    },
  };
}
