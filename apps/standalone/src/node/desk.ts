import {
  consentCalls,
  contractFaultOf,
  encodeStatement,
  isCountersigned,
  recoverStatement,
  revertDataOf,
  RpcError,
  signerHashOf,
  subjectId,
  verifyOps,
  type ContractDomain,
  type Node,
} from '#chain';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import type { SqlSubjectHeads } from '#store';
import type { ChainDesk, SignedOps } from '../../../gateway/src/consent/desk.js';

/** Name of the contract's error for a subject that it does not know. */
const NOT_OPEN = 'NotOpen';
/** Of a subject when it is opened. */
const AT_OPENING = { epoch: 0, keyEpoch: 0 };
/** Bytes of an ERC-7913 signer that is an account. */
const ACCOUNT_DIGITS = 42;

/** What a desk is made of. `sender`: the account whose calls are tried. */
export interface DeskOptions {
  readonly chain: { readonly node: Pick<Node, 'estimateGas'> };
  readonly domain: ContractDomain;
  readonly sender: Hex;
  readonly heads: Pick<SqlSubjectHeads, 'epochsOf'>;
}

/** The chain as the consent API uses it: signatures judged here where they can be, calls, and the contract's own opinion. */
export function chainDesk(options: DeskOptions): ChainDesk {
  const { chain, domain, sender } = options;
  return {
    chainId: String(domain.chainId),
    registry: domain.contract,
    isSubjectOf: (subject, signer, salt) => subjectId(signerHashOf(signer), salt) === subject,
    isOpen: async (subject) => (await options.heads.epochsOf(subject)) !== undefined,
    signerHashOf,
    statementBytes: encodeStatement,
    isStatementSigned: (statement, signer, signature) =>
      Promise.resolve(recoverStatement(statement, signature) === signer.toLowerCase()),
    isCountersigned: (statement, signer, signature) =>
      Promise.resolve(isCountersigned(statement, signer, signature)),
    tryOps: (signed) => tryOps(chain, domain, { signed, sender }),
    areOpsSigned: (signed) => areOpsSigned(options, signed),
    openCall: (signer, salt) => ({
      to: domain.contract,
      data: consentCalls.open(signerHashOf(signer), salt),
    }),
    applyCall: (signed) => ({ to: domain.contract, data: applyData(signed) }),
  };
}

function applyData({ subject, deadline, ops, signer, signature }: SignedOps): Hex {
  return consentCalls.applySigned(subject, { deadline: BigInt(deadline), ops, signer, signature });
}

async function tryOps(
  chain: DeskOptions['chain'],
  domain: ContractDomain,
  tried: { readonly signed: SignedOps; readonly sender: Hex },
): Promise<string | undefined> {
  try {
    await chain.node.estimateGas({ from: tried.sender, to: domain.contract, data: applyData(tried.signed) });
    return undefined;
  } catch (error) {
    const data = revertDataOf(error);
    const refusal = data === undefined ? undefined : (contractFaultOf(data)?.name ?? 'reverted');
    // who is bound is opened: the relayer's transaction is on its way
    if (refusal === NOT_OPEN) throw new GatewayError('consent-stale', { retryAfterS: 1, details: 'binding' });
    if (refusal !== undefined) return refusal;
    if (error instanceof RpcError) throw new GatewayError('consent-stale', { retryAfterS: 1, cause: error });
    throw error;
  }
}

/**
 * Whether the subject's key signed a revocation. An account's signature is judged here, at the epochs that the projection
 * last saw on the chain, or where every subject begins: a revocation must not wait until the opening is projected. Any other
 * signer is asked of the contract.
 */
async function areOpsSigned({ chain, domain, heads }: DeskOptions, signed: SignedOps): Promise<boolean> {
  if (signed.signer.length !== ACCOUNT_DIGITS) {
    return (await tryOps(chain, domain, { signed, sender: domain.contract })) === undefined;
  }
  const { subject, deadline, ops, signer, signature } = signed;
  const { epoch, keyEpoch } = (await heads.epochsOf(subject)) ?? AT_OPENING;
  return verifyOps(domain, { subject, epoch, keyEpoch, deadline: BigInt(deadline), ops }, signer, signature);
}
