import { z } from 'zod';
import type { Hex } from '#consent';
import { isHex, quantity } from './hex.js';
import type { Rpc } from './rpc.js';
import { RpcError } from './rpc-error.js';

const hex = z.custom<Hex>(isHex);
const number = hex.transform((value) => BigInt(value));
const seconds = hex.transform(Number);

const headerSchema = z.object({ number, hash: hex, parentHash: hex, timestamp: seconds });
const receiptSchema = z.object({
  transactionHash: hex,
  blockNumber: number,
  blockHash: hex,
  status: hex.transform((value) => BigInt(value) === 1n),
  contractAddress: hex.nullish(),
  gasUsed: number,
});
/** A block's header, as far as we need it. */
export interface Header {
  readonly number: bigint;
  readonly hash: Hex;
  readonly parentHash: Hex;
  /** Unix seconds. */
  readonly time: number;
}

/** What became of a mined transaction. */
export interface Receipt {
  readonly transaction: Hex;
  readonly block: bigint;
  readonly blockHash: Hex;
  readonly succeeded: boolean;
  readonly contract: Hex | undefined;
  readonly gasUsed: bigint;
}

/** A log as the node gives it. */
export interface ChainLog {
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly block: bigint;
  readonly blockHash: Hex;
  readonly transaction: Hex;
  readonly logIndex: number;
}

/** A block by number, or by tag. */
export type BlockId = bigint | 'latest' | 'safe' | 'finalized';

/** Which logs: of one block by its hash, or of a range. */
export type LogRange = { readonly blockHash: Hex } | { readonly from: bigint; readonly to: bigint };

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new RpcError({ kind: 'malformed' });
  return result.data;
}

function blockParameter(block: BlockId): string {
  return typeof block === 'bigint' ? quantity(block) : block;
}

/** The calls of a node that we use, typed. Each throws `RpcError`. */
export class Node {
  readonly rpc: Rpc;

  constructor(rpc: Rpc) {
    this.rpc = rpc;
  }

  async chainId(): Promise<bigint> {
    return parse(number, await this.rpc.call('eth_chainId', []));
  }

  async blockNumber(): Promise<bigint> {
    return parse(number, await this.rpc.call('eth_blockNumber', []));
  }

  /** `undefined` where the node has no such block. Another block than the one that was asked for is a fault. */
  async header(block: BlockId): Promise<Header | undefined> {
    const answer = await this.rpc.call('eth_getBlockByNumber', [blockParameter(block), false]);
    if (answer === null) return undefined;
    const { timestamp, ...rest } = parse(headerSchema, answer);
    if (typeof block === 'bigint' && rest.number !== block) throw new RpcError({ kind: 'malformed' });
    return { ...rest, time: timestamp };
  }

  /** `topics` by position: a value, or a list of which any fits. Logs of another contract or block are a fault. */
  async logs(
    contract: Hex,
    topics: readonly (Hex | readonly Hex[])[],
    range: LogRange,
  ): Promise<readonly ChainLog[]> {
    const where =
      'blockHash' in range
        ? { blockHash: range.blockHash }
        : { fromBlock: quantity(range.from), toBlock: quantity(range.to) };
    const answer = await this.rpc.call('eth_getLogs', [{ address: contract, topics, ...where }]);
    if (!Array.isArray(answer)) throw new RpcError({ kind: 'malformed' });
    const read = answer.map((log) => readLog(log, contract));
    if ('blockHash' in range && read.some(({ blockHash }) => blockHash !== range.blockHash)) {
      throw new RpcError({ kind: 'malformed' });
    }
    return read;
  }

  async code(address: Hex, block: BlockId = 'latest'): Promise<Hex> {
    return parse(hex, await this.rpc.call('eth_getCode', [address, blockParameter(block)]));
  }

  async view(to: Hex, data: Hex, block: BlockId = 'latest'): Promise<Hex> {
    return parse(hex, await this.rpc.call('eth_call', [{ to, data }, blockParameter(block)]));
  }

  /** Number of transactions mined for an account. */
  async nonce(address: Hex): Promise<number> {
    return Number(parse(number, await this.rpc.call('eth_getTransactionCount', [address, 'latest'])));
  }

  async balance(address: Hex): Promise<bigint> {
    return parse(number, await this.rpc.call('eth_getBalance', [address, 'latest']));
  }

  async gasPrice(): Promise<bigint> {
    return parse(number, await this.rpc.call('eth_gasPrice', []));
  }

  /** Throws `RpcError` with the revert data where the call would fail. */
  async estimateGas(call: { readonly from: Hex; readonly to?: Hex; readonly data: Hex }): Promise<bigint> {
    return parse(number, await this.rpc.call('eth_estimateGas', [call]));
  }

  /** Hands over signed bytes. Gives the hash; says nothing of mining. */
  async send(raw: Hex): Promise<Hex> {
    return parse(hex, await this.rpc.call('eth_sendRawTransaction', [raw]));
  }

  async receipt(transaction: Hex): Promise<Receipt | undefined> {
    const answer = await this.rpc.call('eth_getTransactionReceipt', [transaction]);
    return answer === null ? undefined : readReceipt(answer);
  }
}

/** Reads a receipt as a node gives it. Throws `RpcError`. */
export function readReceipt(answer: unknown): Receipt {
  const receipt = parse(receiptSchema, answer);
  return {
    transaction: receipt.transactionHash,
    block: receipt.blockNumber,
    blockHash: receipt.blockHash,
    succeeded: receipt.status,
    contract: receipt.contractAddress ?? undefined,
    gasUsed: receipt.gasUsed,
  };
}

/** Reads a log of a contract by hand: there may be ten thousand in a reply. One that was taken back is none. */
function readLog(value: unknown, contract: Hex): ChainLog {
  const log: Readonly<Record<string, unknown>> = Object(value);
  const { topics, data, blockNumber, blockHash, transactionHash, logIndex } = log;
  if (!isFrom(log, contract)) throw new RpcError({ kind: 'malformed' });
  if (!Array.isArray(topics) || !topics.every(isHex)) throw new RpcError({ kind: 'malformed' });
  if (!isHex(data) || !isHex(blockNumber) || !isHex(blockHash)) throw new RpcError({ kind: 'malformed' });
  if (!isHex(transactionHash) || !isHex(logIndex)) throw new RpcError({ kind: 'malformed' });
  return {
    topics,
    data,
    block: BigInt(blockNumber),
    blockHash,
    transaction: transactionHash,
    logIndex: Number(logIndex),
  };
}

function isFrom({ address, removed }: Readonly<Record<string, unknown>>, contract: Hex): boolean {
  return isHex(address) && address.toLowerCase() === contract.toLowerCase() && removed !== true;
}

/** Revert data of a failed call or estimate, where the node gave it. */
export function revertDataOf(error: unknown): Hex | undefined {
  if (!(error instanceof RpcError) || error.fault.kind !== 'answer') return undefined;
  const { data } = error.fault;
  if (isHex(data)) return data;
  if (typeof data === 'object' && data !== null && 'data' in data && isHex(data.data)) return data.data;
  return undefined;
}
