import { commitmentOf, encodeGrantWord, parseConsent, termsOf, type Hex } from '#consent';
import type { RowChange } from '#store';
import { type Input, seededHex, seededUuid } from './inputs.js';

export const ZERO: Hex = `0x${'0'.repeat(64)}`;
export const CONTRACT: Hex = `0x${'c'.repeat(40)}`;

export type GrantInput = Extract<Input, { kind: 'grant' }>;
/** What the registry tells of a grant's new word, but for its place in the block. */
export type WordEvent = ReturnType<typeof wordOf>;

/** The event that a grant's word is set by. */
export function wordOf(grant: GrantInput, key: string, kind: 'permit' | 'deny' | 'revoked') {
  const commitment = commitmentOfGrant(grant, key);
  const state = encodeGrantWord({
    kind,
    from: 0,
    to: 0,
    epoch: 0,
    version: 1,
    commitmentLow: BigInt(commitment) & ((1n << 128n) - 1n),
  });
  return { kind: 'consent', ...idsOf(key), commitment, state, by: ZERO, transaction: ZERO } as const;
}

/** The filing of a grant. */
export function filingOf(input: GrantInput): RowChange {
  const { key, patient, person, effect, bytes } = input;
  return {
    kind: 'filing',
    filing: {
      ...idsOf(key),
      consent: seededUuid(`consent ${key}`),
      person: seededUuid(person),
      patient,
      chainId: '7',
      contract: CONTRACT,
      version: 1,
      kind: effect,
      bytes,
      terms: termsOfGrant(input, key),
      commitment: commitmentOfGrant(input, key),
      binding: seededUuid(`binding ${person}`),
    },
  };
}

function termsOfGrant({ bytes, client }: GrantInput, key: string) {
  return termsOf(parseConsent(bytes), `client:${client}`, seededHex(`salt ${key}`));
}

function commitmentOfGrant(grant: GrantInput, key: string): Hex {
  return commitmentOf(termsOfGrant(grant, key));
}

/** Subject and grant id that follow from a key. */
export function idsOf(key: string): { readonly subject: Hex; readonly grantId: Hex } {
  return { subject: seededHex(`subject ${key}`), grantId: seededHex(`grant ${key}`) };
}
