import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { isHex } from '../hex.js';
import { replaceFile } from './durable-file.js';

/** How an embedded chain began; written once. */
export interface Genesis {
  readonly chainId: number;
  /** Unix seconds. */
  readonly time: number;
  /** Accounts with coins, lower case. */
  readonly funded: readonly Hex[];
}

const hex = z.custom<Hex>(isHex);
const schema = z.object({
  config: z.object({ chainId: z.int().positive() }),
  timestamp: hex.transform(Number),
  alloc: z.record(z.string(), z.object({ balance: hex })),
});

/** Chain ids that development tools use: a wallet would mistake ours for theirs. */
const WELL_KNOWN: ReadonlySet<number> = new Set([1_337, 31_337]);
const CHAIN_ID_MIN = 1_000_000_000;
const CHAIN_ID_MAX = 2_000_000_000;
const BALANCE_WEI = 10n ** 27n;
/** Far above what a batch of 64 needs. */
const GAS_LIMIT = 60_000_000;

/** Reads the chain's genesis, or makes it. Throws `version-conflict` where an account of `fund` has no coins on it. */
export async function ensureGenesis(path: string, fund: readonly Hex[], nowMs: number): Promise<Genesis> {
  const found = await readGenesis(path);
  const wanted = fund.map((each) => asAccount(each));
  if (found === undefined) return createGenesis(path, wanted, nowMs);
  const missing = wanted.find((account) => !found.funded.includes(account));
  if (missing !== undefined) {
    throw new GatewayError('version-conflict', { details: `the embedded chain did not fund ${missing}` });
  }
  return found;
}

async function readGenesis(path: string): Promise<Genesis | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { config, timestamp, alloc } = schema.parse(JSON.parse(text));
  return { chainId: config.chainId, time: timestamp, funded: Object.keys(alloc).map(asAccount) };
}

async function createGenesis(path: string, funded: readonly Hex[], nowMs: number): Promise<Genesis> {
  let chainId = 0;
  do chainId = randomInt(CHAIN_ID_MIN, CHAIN_ID_MAX);
  while (WELL_KNOWN.has(chainId));
  const time = Math.floor(nowMs / 1_000);
  const balance = `0x${BALANCE_WEI.toString(16)}`;
  const genesis = {
    config: { chainId },
    nonce: '0x0',
    timestamp: `0x${time.toString(16)}`,
    gasLimit: `0x${GAS_LIMIT.toString(16)}`,
    difficulty: '0x0',
    alloc: Object.fromEntries(funded.map((account) => [account, { balance }])),
  };
  await replaceFile(path, JSON.stringify(genesis, undefined, 2));
  return { chainId, time, funded };
}

function asAccount(address: string): Hex {
  const account = address.toLowerCase();
  if (!isHex(account) || account.length !== 42) {
    throw new GatewayError('internal', { details: 'an account to be funded is not an address' });
  }
  return account;
}
