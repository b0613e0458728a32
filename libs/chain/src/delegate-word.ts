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

/** Decodes a delegate's word of `ConsentRegistry`. */
export function decodeDelegateWord(word: bigint): DelegateWord {
  const take = (from: bigint, bits: bigint): number => Number((word >> from) & ((1n << bits) - 1n));
  return {
    rights: take(248n, 8n),
    from: take(216n, 32n),
    to: take(184n, 32n),
    keyEpoch: take(152n, 32n),
    version: take(128n, 24n),
    since: take(104n, 24n),
    vetoUntil: take(72n, 32n),
  };
}
