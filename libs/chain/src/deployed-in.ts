import type { Hex } from '#consent';
import type { Node } from './node.js';
import { RpcError } from './rpc-error.js';

/**
 * The block from which on an address has code, found by halving; `undefined` where the node has no code there, or keeps no
 * states that old. Throws `RpcError` where the node does not answer.
 */
export async function deployedIn(node: Node, address: Hex): Promise<bigint | undefined> {
  try {
    let [without, having] = [-1n, await node.blockNumber()];
    if ((await node.code(address, having)) === '0x') return undefined;
    while (having - without > 1n) {
      const middle = (without + having) / 2n;
      if ((await node.code(address, middle)) === '0x') without = middle;
      else having = middle;
    }
    return having;
  } catch (error) {
    if (error instanceof RpcError && error.fault.kind === 'answer') return undefined;
    throw error;
  }
}
