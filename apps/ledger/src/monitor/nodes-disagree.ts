import type { Finality, Node } from '#chain';
import type { Hex } from '#consent';
import { RpcError } from '#chain';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** What a node says of one block. */
interface NodeSaying {
  /** Place in the list of nodes. */
  readonly node: number;
  readonly hash: Hex;
}

/** All nodes that answer have the same block. */
function judgeNodes(block: bigint, sayings: readonly NodeSaying[]): readonly MonitorFinding[] {
  const byHash = Map.groupBy(sayings, ({ hash }) => hash);
  if (byHash.size < 2) return [];
  return [
    {
      kind: 'nodes-disagree',
      block,
      groups: [...byHash.values()].map((group) => group.map(({ node }) => node)),
    },
  ];
}

/**
 * Asks nodes of different parties for the hash of a block that all of them hold for final. A node that is silent says
 * nothing; a node that is behind is asked for a block that it has.
 */
export function nodesDisagreeCheck(nodes: readonly Pick<Node, 'header'>[], finality: Finality): Check {
  return {
    name: 'nodes-disagree',
    look: async () => {
      const tips = await Promise.all(nodes.map((node) => heard(() => finalOf(node, finality))));
      const known = tips.filter((tip) => tip !== undefined);
      if (known.length < 2) return [];
      const block = known.reduce((least, tip) => (tip < least ? tip : least));
      const headers = await Promise.all(nodes.map((node) => heard(() => node.header(block))));
      const sayings = headers.flatMap((header, node) =>
        header === undefined ? [] : [{ node, hash: header.hash }],
      );
      return judgeNodes(block, sayings);
    },
  };
}

async function finalOf(node: Pick<Node, 'header'>, finality: Finality): Promise<bigint | undefined> {
  if (finality === 'finalized') return (await node.header('finalized'))?.number;
  const tip = (await node.header('latest'))?.number;
  if (tip === undefined) return undefined;
  const depth = BigInt(finality.depth);
  return tip > depth ? tip - depth : 0n;
}

async function heard<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof RpcError) return undefined;
    throw cause;
  }
}
