import { RpcError, type Finality, type Node } from '#chain';

/** The newest block that all nodes which answer hold for final; `undefined` where fewer than two answer. */
export async function finalOfAll(
  nodes: readonly Pick<Node, 'header'>[],
  finality: Finality,
): Promise<bigint | undefined> {
  const tips = await Promise.all(nodes.map((node) => heard(() => finalOf(node, finality))));
  const known = tips.filter((tip) => tip !== undefined);
  if (known.length < 2) return undefined;
  return known.reduce((least, tip) => (tip < least ? tip : least));
}

async function finalOf(node: Pick<Node, 'header'>, finality: Finality): Promise<bigint | undefined> {
  if (finality === 'finalized') return (await node.header('finalized'))?.number;
  const tip = (await node.header('latest'))?.number;
  if (tip === undefined) return undefined;
  const depth = BigInt(finality.depth);
  return tip > depth ? tip - depth : 0n;
}

/** What a node answers; `undefined` from one that does not: it says nothing. */
export async function heard<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof RpcError) return undefined;
    throw cause;
  }
}
