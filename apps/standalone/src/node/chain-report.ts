import { hasP256, RpcError } from '#chain';
import type { OpenChain } from '../../../ledger/src/open-chain.js';

/** Whom the report is told; as pino has it. */
interface Told {
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

/**
 * Tells at the start what costs coin and stops nothing: a relayer that has none, and a chain without the P-256 precompile,
 * where grants by passkeys cost four times the gas. A node that does not answer is told of elsewhere.
 */
export async function reportChain(
  {
    node,
    relayer,
  }: { readonly node: OpenChain['node']; readonly relayer: Pick<OpenChain['relayer'], 'address'> },
  log: Told,
): Promise<void> {
  const { address } = relayer;
  try {
    const [balance, p256] = await Promise.all([node.balance(address), hasP256(node)]);
    if (balance === 0n) log.warn({ relayer: address }, 'the relayer has no coin: nothing gets to the chain');
    if (p256) log.info({ p256 }, 'the chain checks P-256 by a precompile');
    else
      log.warn({ p256 }, 'the chain has no P-256 precompile: a grant by a passkey costs four times the gas');
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
}
