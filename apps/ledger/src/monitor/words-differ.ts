import { compareSample, type GateFault, type Node, type RegistryClient } from '#chain';
import type { ProjectionStore } from '#consent';
import type { Check } from './check.js';
import type { MonitorFinding } from './finding.js';

/** Blocks may come in while words are compared: then the comparison says nothing, and is made again. */
const TRIES = 3;

/** Words of the projection are those of the contract, at the projection's own block. */
function judgeWords(faults: readonly GateFault[]): readonly MonitorFinding[] {
  return faults.flatMap((fault) =>
    fault.kind === 'sample-differs'
      ? [{ kind: 'word-differs', subject: fault.subject, grantId: fault.grantId } as const]
      : [],
  );
}

/** Compares a sample of stored words with `states()` of the contract. */
export function wordsDifferCheck(sources: {
  readonly projection: ProjectionStore;
  readonly registry: RegistryClient;
  readonly node: Pick<Node, 'header'>;
}): Check {
  const { projection, registry, node } = sources;
  return {
    name: 'words-differ',
    look: async () => {
      for (let tries = 0; tries < TRIES; tries += 1) {
        const before = await projection.state();
        if (before === undefined) return [];
        const found = judgeWords(await compareSample(projection, registry));
        if (found.length === 0) return [];
        const isStill = (await projection.state())?.at.hash === before.at.hash;
        // A block that the node no longer has is the follower's to take back.
        const isOnChain = (await node.header(before.at.number))?.hash === before.at.hash;
        if (isStill && isOnChain) return found;
      }
      return [];
    },
  };
}
