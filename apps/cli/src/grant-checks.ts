import { id as topicOf } from 'ethers';
import { z } from 'zod';
import type { Node } from '#chain';
import { decodeGrantWord, type Hex } from '#consent';
import type { Bundle, Policy, Verdict } from '#provenance';
import { hexOf } from './registry.js';

type Check = Verdict['checks'][number];

const CONSENT = hexOf(topicOf('Consent(bytes32,bytes32,uint256,bytes32,bytes32)'));
const CHUNK = 5_000n;
const WORD_END = 66;
const op = z.object({ block: z.object({ number: z.string().regex(/^\d+$/), hash: z.string() }).nullable() });
const decision = z.object({
  basis: z.array(
    z.looseObject({
      kind: z.string(),
      chainId: z.string().optional(),
      contract: z.string().optional(),
      subject: z.string().optional(),
      grantId: z.string().optional(),
      version: z.number().optional(),
    }),
  ),
});

/** The block that a record was decided at, as its op group cites it; `undefined` where it is not shown. */
export function citedBlock(bundle: Bundle): { readonly number: bigint; readonly hash: string } | undefined {
  const opened = bundle.openings.find(({ group }) => group === 'op');
  if (opened === undefined) return undefined;
  const parsed = op.safeParse(jsonOf(opened.bytes));
  if (!parsed.success || parsed.data.block === null) return undefined;
  return { number: BigInt(parsed.data.block.number), hash: parsed.data.block.hash };
}

/**
 * Asks the chain whether each consent that a decision cites was a permit there, in the version that is cited, at the block
 * that the record cites: a consent that never was cannot be claimed.
 */
export async function grantChecks(node: Node, bundle: Bundle, policy: Policy): Promise<readonly Check[]> {
  const block = citedBlock(bundle);
  if (block === undefined) return [];
  const chains = new Set(policy.chains.map((chain) => chain.id));
  const cited = bundle.openings
    .filter(({ group }) => group.endsWith('/decision'))
    .flatMap(({ bytes }) => decision.parse(jsonOf(bytes)).basis)
    .filter(({ kind, chainId }) => kind === 'consent' && chains.has(chainId ?? ''));
  return Promise.all(cited.map((each) => grantCheck(node, block.number, each)));
}

async function grantCheck(
  node: Node,
  block: bigint,
  cited: z.infer<typeof decision>['basis'][number],
): Promise<Check> {
  const [contract, subject, grantId] = [cited.contract, cited.subject, cited.grantId].map((text) =>
    hexOf(text ?? ''),
  );
  const name = `grant:${(grantId ?? '').slice(2, 10)}`;
  if (contract === undefined || subject === undefined || grantId === undefined) {
    return { name, state: 'failed', detail: 'the citation is not whole' };
  }
  const word = await wordAt(node, contract, { subject, grantId, block });
  const decoded = word === undefined ? undefined : decodeGrantWord(word);
  const holds = decoded?.kind === 'permit' && decoded.version === cited.version;
  return holds
    ? { name, state: 'ok', detail: `a permit of version ${decoded.version} on the chain at block ${block}` }
    : { name, state: 'failed', detail: `no such permit on the chain at block ${block}` };
}

/** The newest word of a grant up to a block, from the contract's events: they alone rebuild every word. */
async function wordAt(
  node: Node,
  contract: Hex,
  asked: { readonly subject: Hex; readonly grantId: Hex; readonly block: bigint },
): Promise<bigint | undefined> {
  for (let to = asked.block; to >= 0n; to -= CHUNK) {
    const from = to - CHUNK + 1n > 0n ? to - CHUNK + 1n : 0n;
    // oxlint-disable-next-line no-await-in-loop -- newest first, and mostly the first chunk answers
    const logs = await node.logs(contract, [CONSENT], { from, to });
    const last = logs.findLast(({ topics }) => topics[1] === asked.subject && topics[2] === asked.grantId);
    if (last !== undefined) return BigInt(last.data.slice(0, WORD_END));
  }
  return undefined;
}

function jsonOf(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
