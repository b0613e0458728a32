import { encodeRlp, keccak256, toBeHex } from 'ethers';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { anchorRegistry } from './generated/anchor-registry.js';
import { asHex, isHex, quantity, word } from './hex.js';
import type { Node } from './node.js';
import { RpcError } from './rpc-error.js';

const hex = z.custom<Hex>(isHex);
const proofSchema = z.object({
  accountProof: z.array(hex),
  storageProof: z.array(z.object({ key: hex, value: hex, proof: z.array(hex) })),
});
const blockSchema = z.record(z.string(), z.unknown());

/** What shows, without asking a node again, that an anchor is in a block. */
export interface AnchorEvidence {
  readonly chainId: string;
  readonly contract: Hex;
  readonly codeHash: Hex;
  readonly logId: Hex;
  readonly transaction: Hex;
  readonly block: string;
  readonly blockHash: Hex;
  /**
   * RLP of the block's header: its keccak-256 is `blockHash`. `undefined` where it is not: chains with seals in their headers
   * (QBFT) hash them otherwise, and a fork may add fields.
   */
  readonly header: Hex | undefined;
  /** The transaction's receipt as the node gave it. */
  readonly receipt: unknown;
  /** eth_getProof of the log's root and size at the block; `undefined` where the node does not give it. */
  readonly proof: z.infer<typeof proofSchema> | undefined;
}

/** Fields of a header in the order of their encoding; later forks added the optional ones at the end. */
const REQUIRED = [
  ['parentHash', 'bytes'],
  ['sha3Uncles', 'bytes'],
  ['miner', 'bytes'],
  ['stateRoot', 'bytes'],
  ['transactionsRoot', 'bytes'],
  ['receiptsRoot', 'bytes'],
  ['logsBloom', 'bytes'],
  ['difficulty', 'number'],
  ['number', 'number'],
  ['gasLimit', 'number'],
  ['gasUsed', 'number'],
  ['timestamp', 'number'],
  ['extraData', 'bytes'],
  ['mixHash', 'bytes'],
  ['nonce', 'bytes'],
] as const;
const OPTIONAL = [
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 'bytes'],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 'bytes'],
  ['requestsHash', 'bytes'],
] as const;

/** Encodes a block's header as it is hashed. Throws `RpcError` where the bytes do not hash to the block's hash. */
export function encodeHeader(block: unknown): Hex {
  const fields = blockSchema.parse(block);
  const present = OPTIONAL.filter(([name]) => isHex(fields[name]));
  const values = [...REQUIRED, ...present].map(([name, kind]) => {
    const value = asHex(fields[name]);
    if (kind === 'bytes') return value;
    return BigInt(value) === 0n ? '0x' : toBeHex(BigInt(value));
  });
  const header = asHex(encodeRlp(values));
  if (keccak256(header) !== fields['hash']) throw new RpcError({ kind: 'malformed' });
  return header;
}

/** An anchor is no less in its block because we cannot show the header. */
function headerOf(block: unknown): Hex | undefined {
  try {
    return encodeHeader(block);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** The storage keys of a log's root, and of its size, sequence and time. */
export function logStorageKeys(logId: Hex): readonly [root: Hex, size: Hex] {
  const base = BigInt(keccak256(`${asHex(logId, 32)}${word(anchorRegistry.slots.logs)}`));
  return [asHex(`0x${word(base)}`, 32), asHex(`0x${word(base + 1n)}`, 32)];
}

/** What is being shown. */
export interface AnchoredIn {
  readonly chainId: bigint;
  readonly contract: Hex;
  readonly codeHash: Hex;
  readonly logId: Hex;
  readonly transaction: Hex;
}

/** Collects evidence of a mined anchor; `undefined` where it is in no block now. Throws `RpcError`. */
export async function collectEvidence(node: Node, anchored: AnchoredIn): Promise<AnchorEvidence | undefined> {
  const receipt = await node.receipt(anchored.transaction);
  if (receipt === undefined) return undefined;
  const { block, blockHash } = receipt;
  const [raw, full] = await Promise.all([
    node.rpc.call('eth_getTransactionReceipt', [anchored.transaction]),
    node.rpc.call('eth_getBlockByHash', [blockHash, false]),
  ]);
  if (full === null) return undefined;
  return {
    ...anchored,
    chainId: anchored.chainId.toString(),
    block: block.toString(),
    blockHash,
    header: headerOf(full),
    receipt: raw,
    proof: await storageProof(node, anchored, { number: block, stateRoot: stateRootOf(full) }),
  };
}

async function storageProof(
  node: Node,
  { contract, logId }: AnchoredIn,
  at: { readonly number: bigint; readonly stateRoot: unknown },
): Promise<AnchorEvidence['proof']> {
  try {
    const params = [contract, logStorageKeys(logId), quantity(at.number)];
    const proof = proofSchema.parse(await node.rpc.call('eth_getProof', params));
    const [root] = proof.accountProof;
    return root !== undefined && keccak256(root) === at.stateRoot ? proof : undefined;
  } catch (error) {
    // Many nodes keep no old states, and some no proofs at all: the header and the receipt remain.
    if (error instanceof RpcError && error.silent) throw error;
    return undefined;
  }
}

function stateRootOf(block: unknown): unknown {
  return blockSchema.parse(block)['stateRoot'];
}
