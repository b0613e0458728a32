import type { Finality, Node } from '#chain';
import type { Hex } from '#consent';
import type { Check } from './check.js';
import { finalOfAll, heard } from './final-of-all.js';
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
      const block = await finalOfAll(nodes, finality);
      if (block === undefined) return [];
      const headers = await Promise.all(nodes.map((node) => heard(() => node.header(block))));
      const sayings = headers.flatMap((header, node) =>
        header === undefined ? [] : [{ node, hash: header.hash }],
      );
      return judgeNodes(block, sayings);
    },
  };
}
