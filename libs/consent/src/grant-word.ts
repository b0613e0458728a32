import { GatewayError } from '#outcome';
import type { GrantWord } from './chain-terms.js';
import type { Interval } from './rule.js';

const KINDS = ['none', 'permit', 'deny', 'revoked'] as const;
const MS_PER_S = 1000;

/** Members of the word from the least significant side: name and bits. */
const LAYOUT = [
  ['commitmentLow', 128n],
  ['version', 24n],
  ['epoch', 32n],
  ['to', 32n],
  ['from', 32n],
  ['kind', 8n],
] as const;

/**
 * Packs a grant word: kind 8 | from 32 | to 32 | epoch 32 | version 24 | commitment's low 128, from the most significant bit.
 *
 * @throws GatewayError `invalid-value` where a member does not fit.
 */
export function encodeGrantWord(word: GrantWord): bigint {
  const members = { ...word, kind: KINDS.indexOf(word.kind) };
  let packed = 0n;
  let shift = 0n;
  for (const [name, bits] of LAYOUT) {
    const value = BigInt(members[name]);
    if (value < 0n || value >= 1n << bits) {
      throw new GatewayError('invalid-value', { expression: [`word.${name}`] });
    }
    packed |= value << shift;
    shift += bits;
  }
  return packed;
}

/**
 * Unpacks a grant word as the registry stores and emits it.
 *
 * @throws GatewayError `invalid-value` for an unknown kind or a number beyond 256 bits.
 */
export function decodeGrantWord(word: bigint): GrantWord {
  const take = (from: bigint, bits: bigint): bigint => (word >> from) & ((1n << bits) - 1n);
  const kind = KINDS[Number(word >> 248n)];
  if (word < 0n || kind === undefined) throw new GatewayError('invalid-value', { expression: ['word.kind'] });
  return {
    kind,
    from: Number(take(216n, 32n)),
    to: Number(take(184n, 32n)),
    epoch: Number(take(152n, 32n)),
    version: Number(take(128n, 24n)),
    commitmentLow: take(0n, 128n),
  };
}

/** The word's window in epoch milliseconds; 0 on chain is open at either side. */
export function windowOf(word: { readonly from: number; readonly to: number }): Interval {
  return {
    from: word.from === 0 ? -Infinity : word.from * MS_PER_S,
    to: word.to === 0 ? Infinity : word.to * MS_PER_S,
  };
}
