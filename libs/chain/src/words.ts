import type { GrantWord } from '#consent';

const KINDS = ['none', 'permit', 'deny', 'revoked'] as const;

/** Bit offsets of a grant word; the high bits come first in its description. */
const AT = { kind: 248n, from: 216n, to: 184n, epoch: 152n, version: 128n } as const;

const MASK_8 = 0xffn;
const MASK_24 = 0xffffffn;
const MASK_32 = 0xffffffffn;
const MASK_128 = (1n << 128n) - 1n;

/** A delegate's word, decoded. Times in unix seconds, `to` 0 = open. */
export interface DelegateWord {
  /** Bitmap; see `RIGHTS`. */
  readonly rights: number;
  readonly from: number;
  readonly to: number;
  readonly keyEpoch: number;
  readonly version: number;
  /** Version since which he has had the right to grant without a break. */
  readonly since: number;
  /** Until when he may still veto, although the right was taken from him. */
  readonly vetoUntil: number;
}

/** Rights of a delegate. */
export const RIGHTS = { grant: 1, restrict: 2, revokeAll: 4, veto: 8, recover: 16 } as const;

function field(word: bigint, at: bigint, mask: bigint): number {
  return Number((word >> at) & mask);
}

/** Decodes a grant word of `ConsentRegistry`. An unknown kind is a word that permits nothing: `none`. */
export function decodeGrantWord(word: bigint): GrantWord {
  return {
    kind: KINDS[field(word, AT.kind, MASK_8)] ?? 'none',
    from: field(word, AT.from, MASK_32),
    to: field(word, AT.to, MASK_32),
    epoch: field(word, AT.epoch, MASK_32),
    version: field(word, AT.version, MASK_24),
    commitmentLow: word & MASK_128,
  };
}

/** The inverse of `decodeGrantWord`. */
export function encodeGrantWord(word: GrantWord): bigint {
  return (
    (BigInt(KINDS.indexOf(word.kind)) << AT.kind) |
    (BigInt(word.from) << AT.from) |
    (BigInt(word.to) << AT.to) |
    (BigInt(word.epoch) << AT.epoch) |
    (BigInt(word.version) << AT.version) |
    (word.commitmentLow & MASK_128)
  );
}

/** Decodes a delegate's word of `ConsentRegistry`. */
export function decodeDelegateWord(word: bigint): DelegateWord {
  return {
    rights: field(word, 248n, MASK_8),
    from: field(word, 216n, MASK_32),
    to: field(word, 184n, MASK_32),
    keyEpoch: field(word, 152n, MASK_32),
    version: field(word, 128n, MASK_24),
    since: field(word, 104n, MASK_24),
    vetoUntil: field(word, 72n, MASK_32),
  };
}
