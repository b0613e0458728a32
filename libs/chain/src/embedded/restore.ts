import { GatewayError } from '#outcome';
import { Node } from '../node.js';
import type { HttpEndpoint } from '../rpc-endpoint.js';
import { makeAgain } from './block-maker.js';
import type { JournalBlock } from './journal.js';
import type { Snapshot } from './snapshot.js';

/** Whether a snapshot is of a block that the journal has. */
export function fits(snapshot: Snapshot, blocks: readonly JournalBlock[]): boolean {
  return blocks[snapshot.number - 1]?.hash === snapshot.hash;
}

/** Loads a snapshot into a fresh node. False where it is not taken, or gives another block: then start afresh without it. */
export async function loadSnapshot(endpoint: HttpEndpoint, snapshot: Snapshot): Promise<boolean> {
  try {
    await endpoint.call('anvil_loadState', [snapshot.state]);
    const header = await new Node(endpoint).header('latest');
    return header?.hash === snapshot.hash && header.number === BigInt(snapshot.number);
  } catch {
    return false;
  }
}

/** Replays blocks, in order, each to its recorded hash. Throws `integrity-failure`. */
export async function replay(endpoint: HttpEndpoint, blocks: readonly JournalBlock[]): Promise<void> {
  for (const block of blocks) {
    try {
      await makeAgain(endpoint, block);
    } catch (cause) {
      if (cause instanceof GatewayError && cause.code === 'integrity-failure') throw cause;
      throw new GatewayError('integrity-failure', {
        details: `block ${block.number} of the chain's journal cannot be replayed`,
        cause,
      });
    }
  }
}
