import { windowOf, type GrantWord, type Hex } from '#consent';
import { standingOf, type ChainView, type Filed, type Latch } from './standing.js';

const COMMITMENT: Hex = '0xaa';
const permit: Filed = { kind: 'permit', version: 2, commitment: COMMITMENT };
const deny: Filed = { kind: 'deny', version: 2, commitment: COMMITMENT };

interface Case {
  readonly word?: Partial<GrantWord>;
  readonly commitment?: Hex;
  readonly byDelegate?: boolean;
  readonly block?: bigint;
  readonly epoch?: number;
  readonly latches?: readonly Latch[];
}

function view({
  word,
  commitment = COMMITMENT,
  block = 10n,
  epoch = 0,
  latches = [],
  byDelegate = false,
}: Case): ChainView {
  const plain = { kind: 'permit', from: 0, to: 0, epoch: 0, version: 2, commitmentLow: 0n } as const;
  return {
    word: word === undefined ? undefined : { word: { ...plain, ...word }, commitment, block, byDelegate },
    epoch,
    latches,
    confirmed: 10n,
  };
}

function standing(filed: Filed, chain: Case): string {
  const { counts, ended } = standingOf(filed, view(chain), windowOf);
  return [counts ? 'counts' : '', ended ? 'ended' : ''].filter(Boolean).join(' ') || 'waits';
}

const revoked = (version: number): Latch => ({ kind: 'revoked', version, epoch: 0 });

describe('standingOf a permit', () => {
  it.each<[string, string, Case]>([
    ['waits without a word', 'waits', {}],
    ['waits for finality', 'waits', { word: {}, block: 11n }],
    ['counts by its very word', 'counts', { word: {} }],
    ['ends where a delegate signed it', 'ended', { word: {}, byDelegate: true }],
    ['ends by another commitment at its version', 'ended', { word: {}, commitment: '0xab' }],
    ['waits while an earlier version is there', 'waits', { word: { version: 1 } }],
    ['ends by a later version, final or not', 'ended', { word: { version: 3 }, block: 11n }],
    ['ends by a revocation on chain, final or not', 'ended', { word: { kind: 'revoked' }, block: 11n }],
    ['ends by a deny at its version', 'ended', { word: { kind: 'deny' }, block: 11n }],
    ['ends by a latched revocation of its version', 'ended', { word: {}, latches: [revoked(2)] }],
    ['ends by a latched revocation before its word came', 'ended', { latches: [revoked(2)] }],
    ['outlives the revocation of an earlier version', 'counts', { word: {}, latches: [revoked(1)] }],
    [
      'ends by a latched deny of its grant',
      'ended',
      { word: {}, latches: [{ kind: 'deny', version: 3, epoch: 0 }] },
    ],
    ['ends with its epoch', 'ended', { word: {}, epoch: 1 }],
    [
      'ends with its epoch also where the block of the revoke-all is gone',
      'ended',
      { word: {}, latches: [{ kind: 'revoked-all', version: 0, epoch: 1 }] },
    ],
    [
      'counts in a new epoch',
      'counts',
      { word: { epoch: 1 }, epoch: 1, latches: [{ kind: 'revoked-all', version: 0, epoch: 1 }] },
    ],
  ])('%s', (_title, expected, chain) => {
    expect(standing(permit, chain)).toBe(expected);
  });

  it('takes its window from its own word, in milliseconds', () => {
    const window = standingOf(permit, view({ word: { from: 100, to: 200 } }), windowOf).window;
    expect(window).toEqual({ from: 100_000, to: 200_000 });
  });
});

describe('standingOf a deny', () => {
  it.each<[string, string, Case]>([
    ['holds without a word, and by its kind', 'waits', {}],
    ['counts by its word before finality', 'counts', { word: { kind: 'deny' }, block: 11n }],
    ['is not ended by a revoke-all', 'counts', { word: { kind: 'deny' }, epoch: 5 }],
    ['is not ended by a latched revocation', 'waits', { latches: [revoked(2)] }],
    ['is not ended by a revocation that is not final', 'waits', { word: { kind: 'revoked' }, block: 11n }],
    ['ends by a final revocation', 'ended', { word: { kind: 'revoked' } }],
    ['ends by a final later permit', 'ended', { word: { version: 3 } }],
    ['is not ended by a word of another kind at its version', 'waits', { word: { kind: 'permit' } }],
  ])('%s', (_title, expected, chain) => {
    expect(standing(deny, chain)).toBe(expected);
  });

  it('holds at all times while its word does not fit', () => {
    const window = standingOf(
      deny,
      view({ word: { kind: 'deny', from: 100 }, commitment: '0xab' }),
      windowOf,
    ).window;
    expect(window).toEqual({ from: -Infinity, to: Infinity });
  });
});
