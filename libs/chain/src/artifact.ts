import { createHash } from 'node:crypto';
import { keccak256 } from 'ethers';
import type { Hex } from '#consent';
import { asHex } from './hex.js';

/** A compiled contract, as `contracts/build.mjs` generates it. */
export interface Artifact {
  readonly name: string;
  readonly bytecode: string;
  readonly runtimeBytes: number;
  readonly runtimeHash: string;
  readonly immutables: readonly (readonly [start: number, length: number])[];
}

/** keccak-256 of the code at an address, as EXTCODEHASH gives it: what a deployment is pinned by. */
export function codeHashOf(code: Hex): Hex {
  return asHex(keccak256(code), 32);
}

/** Whether code at an address is this contract. Immutables differ by deployment and are left out of the comparison. */
export function isCodeOf(artifact: Artifact, code: Hex): boolean {
  const bytes = Buffer.from(code.slice(2), 'hex');
  if (bytes.length !== artifact.runtimeBytes) return false;
  for (const [start, length] of artifact.immutables) bytes.fill(0, start, start + length);
  return `0x${createHash('sha256').update(bytes).digest('hex')}` === artifact.runtimeHash;
}
