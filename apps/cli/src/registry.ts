import { isHex, JsonRpc, Node, RegistryClient, type ContractDomain } from '#chain';
import type { Hex } from '#consent';
import { CommandError } from './exit.js';
import type { ReadyFile } from './ready-file.js';

const POLL_MS = 100;
const LIMIT_MS = 30_000;

/** The consent registry as the person's side needs it. */
export interface Registry {
  readonly domain: ContractDomain;
  readonly client: RegistryClient;
  readonly isOpen: (subject: Hex) => Promise<boolean>;
  readonly epochs: (subject: Hex) => Promise<{ readonly epoch: number; readonly keyEpoch: number }>;
}

/** The registry of a running system; `rpcUrl` instead of its node. */
export function registryOf(ready: ReadyFile, rpcUrl = ready.chain.rpcUrl): Registry {
  const contract = hexOf(ready.chain.contracts.consentRegistry);
  const client = new RegistryClient(new Node(new JsonRpc({ urls: [rpcUrl] })), contract);
  return {
    domain: { chainId: BigInt(ready.chain.id), contract },
    client,
    isOpen: async (subject) => (await client.head(subject)).controller !== 0n,
    epochs: (subject) => client.head(subject),
  };
}

/** Asks again until it holds; ends the command where it does not within half a minute. */
export async function waitFor(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < LIMIT_MS; waited += POLL_MS) {
    // oxlint-disable no-await-in-loop -- one look after the other
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    // oxlint-enable no-await-in-loop
  }
  throw new CommandError(`Not within ${LIMIT_MS / 1000} s: ${what}.`);
}

/** Narrows to hex; ends the command where it is not. */
export function hexOf(text: string): Hex {
  if (!isHex(text)) throw new CommandError(`${text} is not 0x and hex digits.`);
  return text;
}
