import { JsonRpc, Node, RpcError } from '#chain';
import type { Bundle, Policy, Verdict, VerifyOptions } from '#provenance';
import { anchorFindings } from './anchor-findings.js';
import { citedBlock, grantChecks } from './grant-checks.js';

const TIMEOUT_MS = 5_000;

/** What chain nodes say of a receipt: its anchors, the time of the block it was decided at, the consents that it cites. */
export interface ChainFindings {
  readonly options: Pick<VerifyOptions, 'anchorsChecked' | 'projectionBlockTimeS'>;
  readonly checks: Verdict['checks'];
}

/** Asks the nodes. One that does not answer, or has another chain than the policy's, finds out nothing. */
export async function chainFindings(
  bundle: Bundle,
  policy: Policy,
  rpcUrls: readonly string[],
): Promise<ChainFindings> {
  if (rpcUrls.length === 0) return { options: {}, checks: [] };
  const rpc = new JsonRpc({ urls: rpcUrls, timeoutMs: TIMEOUT_MS });
  try {
    const node = new Node(rpc);
    const genesis = (await node.header(0n))?.hash;
    if (!policy.chains.some((chain) => chain.genesis === genesis)) return { options: {}, checks: [] };
    const anchorsChecked = await anchorFindings(node, bundle, policy);
    const block = await blockCheck(node, bundle);
    const options =
      block.timeS === undefined ? { anchorsChecked } : { anchorsChecked, projectionBlockTimeS: block.timeS };
    return { options, checks: [...block.checks, ...(await grantChecks(node, bundle, policy))] };
  } catch (error) {
    if (error instanceof RpcError) return { options: {}, checks: [] };
    throw error;
  } finally {
    rpc.close();
  }
}

/** Whether the block that the record cites is on the chain, and when it was made. */
async function blockCheck(
  node: Node,
  bundle: Bundle,
): Promise<{ readonly timeS?: number; readonly checks: ChainFindings['checks'] }> {
  const cited = citedBlock(bundle);
  if (cited === undefined) return { checks: [] };
  const header = await node.header(cited.number);
  if (header?.hash !== cited.hash) {
    return { checks: [{ name: 'block', state: 'failed', detail: 'the cited block is not on the chain' }] };
  }
  return {
    timeS: header.time,
    checks: [{ name: 'block', state: 'ok', detail: `block ${cited.number} is on the chain` }],
  };
}
