import { id as topicOf } from 'ethers';
import { codeHashOf, RpcError, type ChainLog, type Header, type Node } from '#chain';
import type { AnchorFinding, Bundle, BundleAnchor, Policy } from '#provenance';
import { hexOf } from './registry.js';

const ANCHORED = hexOf(topicOf('Anchored(bytes32,uint64,uint64,bytes32,bytes32,bytes32,uint64)'));
const WORD = 64;

/**
 * Asks a chain node about the anchors of a bundle: is this the chain of the policy, is the contract's code the pinned one,
 * did the transaction anchor this head in this block? A node that does not answer finds out nothing.
 */
export async function anchorFindings(
  node: Node,
  bundle: Bundle,
  policy: Policy,
): Promise<readonly AnchorFinding[]> {
  const findings = await Promise.all(
    bundle.anchors.map(async (anchor, index) => {
      const found = await lookAt(node, anchor, policy);
      return found === undefined ? [] : [{ anchor: index, ...found }];
    }),
  );
  return findings.flat();
}

async function lookAt(
  node: Node,
  anchor: BundleAnchor,
  policy: Policy,
): Promise<Omit<AnchorFinding, 'anchor'> | undefined> {
  try {
    const pinned = policy.chains.find(({ id }) => id === anchor.chainId);
    if (pinned === undefined || (await node.header(0n))?.hash !== pinned.genesis) return undefined;
    const header = await node.header(BigInt(anchor.block));
    if (header === undefined) return { state: 'refuted' };
    return (await isHeld(node, anchor, header))
      ? { state: 'authentic', blockTimeS: header.time }
      : { state: 'refuted' };
  } catch (error) {
    if (error instanceof RpcError) return undefined;
    throw error;
  }
}

async function isHeld(node: Node, anchor: BundleAnchor, header: Header): Promise<boolean> {
  const contract = hexOf(anchor.contract);
  if (header.hash !== anchor.blockHash || codeHashOf(await node.code(contract)) !== anchor.codeHash)
    return false;
  const logs = await node.logs(contract, [ANCHORED], { blockHash: header.hash });
  return logs.some((log) => log.transaction === anchor.transaction && tellsOf(log, anchor));
}

/** Whether the event holds the anchor's head: the first two words of its data are size and root. */
function tellsOf({ data }: ChainLog, { size, root }: BundleAnchor): boolean {
  const words = data.slice(2);
  const said = { size: BigInt(`0x${words.slice(0, WORD)}`), root: words.slice(WORD, 2 * WORD) };
  return said.size === size && said.root === Buffer.from(root).toString('hex');
}
