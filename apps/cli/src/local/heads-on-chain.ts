import { addressOf, AnchorClient, asHex, JsonRpc, logIdOf, Node, ownLogKeys, RpcError } from '#chain';
import type { Hex } from '#consent';
import { fromHex } from '#digest';
import { encodeVkey, noteKeyOf, SIGNATURE_TYPE } from '#provenance';
import type { KnownHead } from '#store';
import type { LocalSettings } from './local-settings.js';

/** What the chain of the settings holds of the log of this origin. */
export async function knownHeads(
  { config, keyring }: LocalSettings,
  origin: string,
  say: (line: string) => void,
): Promise<readonly KnownHead[]> {
  const operator = addressOf(asHex(keyring.operator, 32));
  const vkey = encodeVkey(noteKeyOf(origin, SIGNATURE_TYPE.ed25519, keyring.log.publicKey));
  const logId = logIdOf(ownLogKeys(operator, vkey));
  const { CHAIN_RPC_URLS: urls, ANCHOR_REGISTRY: address, RPC_TIMEOUT_MS: timeoutMs } = config;
  if (urls === undefined || address === undefined) return headsOnChain(undefined, logId, say);
  const rpc = new JsonRpc({ urls, timeoutMs });
  try {
    return await headsOnChain(new AnchorClient(new Node(rpc), asHex(address, 20)), logId, say);
  } finally {
    rpc.close();
  }
}

/**
 * The head that the chain holds of the log, by which the gate knows a database that was set back; as a gateway asks for it
 * at its start. Where no chain is named, or it does not answer, `say` is told, and the high-water file is asked alone.
 */
export async function headsOnChain(
  contract: Pick<AnchorClient, 'head'> | undefined,
  logId: Hex,
  say: (line: string) => void,
): Promise<readonly KnownHead[]> {
  if (contract === undefined) {
    say('No chain is named; how the log was left is known by the high-water file alone.');
    return [];
  }
  try {
    const held = await contract.head(logId);
    if (held === undefined || held.size === 0n) return [];
    return [{ source: 'chain', size: held.size, root: fromHex(held.root.slice(2)) }];
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    say('The chain does not answer; how the log was left is known by the high-water file alone.');
    return [];
  }
}
