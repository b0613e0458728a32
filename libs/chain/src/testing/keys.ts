import { randomBytes } from 'node:crypto';
import type { Hex } from '#consent';
import { asHex } from '../hex.js';
import { addressOf } from '../typed-data.js';

/** A fresh account for tests. */
export interface TestAccount {
  readonly key: Hex;
  readonly address: Hex;
}

/** 32 random bytes. */
export function randomHex(bytes = 32): Hex {
  return asHex(`0x${randomBytes(bytes).toString('hex')}`, bytes);
}

/** Makes an account. */
export function makeAccount(): TestAccount {
  const key = randomHex();
  return { key, address: addressOf(key) };
}
