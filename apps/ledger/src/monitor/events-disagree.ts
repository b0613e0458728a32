import type { ChainLog, Finality, Node } from '#chain';
import type { Hex } from '#consent';
import { sha256, toHex } from '#digest';
import type { Check } from './check.js';
import { finalOfAll, heard } from './final-of-all.js';

/** Blocks of one call, both ends counted, and calls of one look: what is far behind is caught up with over several looks. */
const BLOCKS = 2_000n;
const CALLS = 5;

/** Whom the check asks, and about what. */
export interface EventsSources {
  readonly nodes: readonly Pick<Node, 'header' | 'logs'>[];
  readonly finality: Finality;
  readonly contract: Hex;
  readonly consentDeployBlock: bigint;
}

/**
 * Asks nodes of different parties for the consent registry's events in blocks that all of them hold for final, from the
 * deploy block on. Blocks may have the same hash everywhere and a node still hide an event of them, or invent one: no hash
 * that the gateway checks covers the events. A range in which they differ is asked for again until they agree.
 */
export function eventsDisagreeCheck(sources: EventsSources): Check {
  const { nodes, finality, consentDeployBlock } = sources;
  let next = consentDeployBlock;
  return {
    name: 'events-disagree',
    look: async () => {
      const final = (await finalOfAll(nodes, finality)) ?? -1n;
      for (let calls = 0; calls < CALLS && next <= final; calls += 1) {
        const to = next + BLOCKS - 1n < final ? next + BLOCKS - 1n : final;
        // oxlint-disable-next-line no-await-in-loop -- one range after the other
        const groups = await groupsOf(sources, next, to);
        if (groups === undefined) return [];
        if (groups.length > 1) return [{ kind: 'events-disagree' as const, from: next, to, groups }];
        next = to + 1n;
      }
      return [];
    },
  };
}

/** Places of the nodes by what they say; `undefined` where fewer than two say anything. */
async function groupsOf(
  { nodes, contract }: EventsSources,
  from: bigint,
  to: bigint,
): Promise<readonly (readonly number[])[] | undefined> {
  const said = await Promise.all(
    nodes.map((node) => heard(async () => digestOf(await node.logs(contract, [], { from, to })))),
  );
  const sayings = said.flatMap((digest, node) => (digest === undefined ? [] : [{ node, digest }]));
  if (sayings.length < 2) return undefined;
  const groups = Map.groupBy(sayings, ({ digest }) => digest);
  return [...groups.values()].map((group) => group.map(({ node }) => node));
}

function digestOf(logs: readonly ChainLog[]): string {
  const lines = logs.map(
    ({ blockHash, logIndex, topics, data }) => `${blockHash} ${logIndex} ${topics.join(' ')} ${data}`,
  );
  return toHex(sha256(Buffer.from(lines.toSorted().join('\n'), 'utf8')));
}
