import type { Hex } from '#consent';
import type { Node } from './node.js';
import { RpcError } from './rpc-error.js';

/** Where EIP-7951's `P256VERIFY` precompile is since Osaka. */
const PRECOMPILE: Hex = '0x0000000000000000000000000000000000000100';
/** SHA-256 of "Proviso P-256 probe", r, s, x, y: a good signature by a key that nobody kept. */
const DIGEST = '9ebf2ef359f172bcc389c572b846011f10120c3398ce53097c77363167ae9167';
const SIGNATURE =
  '8d36e1310b62818765f00f080e4a289060fb0d819cb4da207e039b968c0b21fd' +
  '662d9d06a87e6ad6348f469e176d4426690d51b46f557555f41a22762a128a5d';
const KEY =
  'd6b0a24a39e6ec95507d14de3440f8a0d7ec28ef3b655cf8a2841e52c44519f7' +
  '3fabbfd9c203a43dc0536ebb74e3932803cc553fb239d478b385dbf043d535c2';
const GOOD = 1n;

/**
 * Whether the chain checks P-256 signatures by a precompile. Without it the contract does so in Solidity: a grant by a passkey
 * is as valid, and costs four times the gas. Throws `RpcError` where the node does not answer.
 */
export async function hasP256(node: Pick<Node, 'view'>): Promise<boolean> {
  try {
    const answer = await node.view(PRECOMPILE, `0x${DIGEST}${SIGNATURE}${KEY}`);
    return answer !== '0x' && BigInt(answer) === GOOD;
  } catch (error) {
    // some nodes refuse a call to an address without code
    if (error instanceof RpcError && error.fault.kind === 'answer') return false;
    throw error;
  }
}
