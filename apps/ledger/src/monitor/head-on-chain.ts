import type { AnchorClient } from '#chain';
import type { Hex } from '#consent';
import { fromHex } from '#digest';
import type { KnownHead } from '#store';

/** The head that the contract holds of a log, frozen or not; `undefined` before the first anchor. Throws `RpcError`. */
export async function headOnChain(
  contract: Pick<AnchorClient, 'head'>,
  logId: Hex,
): Promise<KnownHead | undefined> {
  const held = await contract.head(logId);
  if (held === undefined || held.size === 0n) return undefined;
  return { source: 'chain', size: held.size, root: fromHex(held.root.slice(2)) };
}
