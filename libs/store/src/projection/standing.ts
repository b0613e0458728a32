import { ALWAYS, type GrantWord, type Hex, type Interval } from '#consent';

/** What the store knows of a subject and one of its grants. */
export interface ChainView {
  readonly word:
    | {
        readonly word: GrantWord;
        readonly commitment: Hex;
        readonly block: bigint;
        /** Whether a delegate signed it, of now or of before. */
        readonly byDelegate: boolean;
      }
    | undefined;
  /** The subject's epoch: a permit of an earlier one is dead. */
  readonly epoch: number;
  readonly latches: readonly Latch[];
  /** Newest block that is final by configuration. */
  readonly confirmed: bigint;
}

/** A revocation or deny that was seen, on chain or signed. */
export interface Latch {
  readonly kind: 'revoked' | 'deny' | 'revoked-all';
  readonly version: number;
  readonly epoch: number;
}

/** A filed Consent, as far as the chain can decide about it. */
export interface Filed {
  readonly kind: 'permit' | 'deny';
  readonly version: number;
  readonly commitment: Hex;
}

/** Whether a filed Consent has come into force, whether it has ended, and its window on chain. */
export interface Standing {
  readonly counts: boolean;
  readonly ended: boolean;
  readonly window: Interval;
}

/**
 * Judges one filed Consent by the chain. What narrows counts as soon as it was seen; what widens waits for finality.
 * A permit counts when its very word (all 256 bits of the commitment) is final and of the subject's epoch; it ends
 * with a revocation or deny of its version or a later one, a revoke-all, or another word in its place. A
 * delegate's permit does not count: it lives only as long as his delegation, which is not followed here. A deny ends only by a final word in its place; without a word it holds at all times.
 */
export function standingOf(
  filed: Filed,
  chain: ChainView,
  windowOf: (word: GrantWord) => Interval,
): Standing {
  const own = ownWord(filed, chain);
  const window = own === undefined ? ALWAYS : windowOf(own);
  const final = chain.word !== undefined && chain.word.block <= chain.confirmed;
  if (filed.kind === 'deny') {
    return { counts: own !== undefined, ended: final && isReplaced(filed, chain), window };
  }
  const ended =
    isLatched(filed, chain) || isReplaced(filed, chain) || isOfDeadEpoch(chain) || isOfDelegate(chain);
  return { counts: own !== undefined && final && !ended, ended, window };
}

function ownWord(filed: Filed, chain: ChainView): GrantWord | undefined {
  const { word, commitment } = chain.word ?? {};
  const fits = word?.kind === filed.kind && word.version === filed.version && commitment === filed.commitment;
  return fits ? word : undefined;
}

/** A later version, or at the same version a revocation; for a permit any other word at its version as well. */
function isReplaced(filed: Filed, chain: ChainView): boolean {
  const word = chain.word?.word;
  if (word === undefined || word.version < filed.version) {
    return false;
  }
  if (word.version > filed.version || word.kind === 'revoked') {
    return true;
  }
  return filed.kind === 'permit' && ownWord(filed, chain) === undefined;
}

function isLatched(filed: Filed, chain: ChainView): boolean {
  return chain.latches.some(({ kind, version }) => kind !== 'revoked-all' && version >= filed.version);
}

/** The epoch that a revoke-all opened counts from the moment it was seen, also if a reorganisation took it away. */
function isOfDeadEpoch(chain: ChainView): boolean {
  const seen = chain.latches.filter(({ kind }) => kind === 'revoked-all').map(({ epoch }) => epoch);
  return chain.word !== undefined && chain.word.word.epoch < Math.max(chain.epoch, ...seen);
}

/** A word that a delegate signed. */
function isOfDelegate({ word }: ChainView): boolean {
  return word?.byDelegate === true;
}
