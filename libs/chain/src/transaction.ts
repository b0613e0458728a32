import { Transaction } from 'ethers';
import type { Hex } from '#consent';
import { asHex } from './hex.js';
import { signDigest } from './typed-data.js';

/** A transaction before it is signed. Fees in wei. */
export interface UnsignedTransaction {
  readonly chainId: bigint;
  readonly nonce: number;
  /** `undefined` deploys. */
  readonly to: Hex | undefined;
  readonly data: Hex;
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

/** Signed bytes and their hash. */
export interface SignedTransaction {
  readonly hash: Hex;
  readonly raw: Hex;
}

/** Signs an EIP-1559 transaction. */
export function signTransaction(privateKey: Hex, unsigned: UnsignedTransaction): SignedTransaction {
  const transaction = Transaction.from({
    type: 2,
    chainId: unsigned.chainId,
    nonce: unsigned.nonce,
    to: unsigned.to ?? null,
    data: unsigned.data,
    gasLimit: unsigned.gasLimit,
    maxFeePerGas: unsigned.maxFeePerGas,
    maxPriorityFeePerGas: unsigned.maxPriorityFeePerGas,
    value: 0n,
  });
  transaction.signature = signDigest(privateKey, asHex(transaction.unsignedHash, 32));
  return { hash: asHex(transaction.hash, 32), raw: asHex(transaction.serialized) };
}

/** What the signed bytes say. */
export function readTransaction(raw: Hex): {
  readonly hash: Hex;
  readonly from: Hex;
  readonly nonce: number;
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
} {
  const transaction = Transaction.from(raw);
  return {
    hash: asHex(transaction.hash, 32),
    from: asHex(transaction.from?.toLowerCase(), 20),
    nonce: transaction.nonce,
    gasLimit: transaction.gasLimit,
    maxFeePerGas: transaction.maxFeePerGas ?? transaction.gasPrice ?? 0n,
    maxPriorityFeePerGas: transaction.maxPriorityFeePerGas ?? 0n,
  };
}
