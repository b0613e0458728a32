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
} from '#chain';
import type { Hex } from '#consent';
import { GatewayError } from '#outcome';
import type { SqlSubjectHeads } from '#store';
import type { OpenChain } from '../../../ledger/src/open-chain.js';
import type { ChainDesk, SignedOps } from '../../../gateway/src/consent/desk.js';

/** Bytes of an ERC-7913 signer that is an account. */
const ACCOUNT_DIGITS = 42;

/** What a desk is made of. `sender`: the account whose calls are tried. */
export interface DeskOptions {
  readonly chain: OpenChain;
  readonly domain: ContractDomain;
  readonly sender: Hex;
  readonly heads: SqlSubjectHeads;
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
  chain: OpenChain,
  domain: ContractDomain,
  tried: { readonly signed: SignedOps; readonly sender: Hex },
): Promise<string | undefined> {
  try {
    await chain.node.estimateGas({ from: tried.sender, to: domain.contract, data: applyData(tried.signed) });
    return undefined;
  } catch (error) {
    const data = revertDataOf(error);
    if (data !== undefined) return contractFaultOf(data)?.name ?? 'reverted';
    if (error instanceof RpcError) throw new GatewayError('consent-stale', { retryAfterS: 1, cause: error });
    throw error;
  }
}

/**
 * Whether the subject's key signed a revocation. An account's signature is judged here, at the epochs that the projection
 * last saw on the chain; any other signer is asked of the contract.
 */
async function areOpsSigned({ chain, domain, heads }: DeskOptions, signed: SignedOps): Promise<boolean> {
  if (signed.signer.length !== ACCOUNT_DIGITS) {
    return (await tryOps(chain, domain, { signed, sender: domain.contract })) === undefined;
  }
  const { subject, deadline, ops, signer, signature } = signed;
  const seen = await heads.epochsOf(subject);
  if (seen === undefined) return false;
  const { epoch, keyEpoch } = seen;
  return verifyOps(domain, { subject, epoch, keyEpoch, deadline: BigInt(deadline), ops }, signer, signature);
}
