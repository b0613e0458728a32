import { fromHex, keccak256, toHex } from '#digest';
import { GatewayError } from '#outcome';
import type { Hex, Terms } from './chain-terms.js';

const WORD_DIGITS = 64;

/** Grantee of a deny that is meant for everybody: no actor string has this hash. */
export const EVERYBODY: Hex = `0x${'0'.repeat(WORD_DIGITS)}`;

/**
 * The commitment that the registry keeps of a grant: keccak-256 of `abi.encode(Terms)`, six static words.
 *
 * @throws GatewayError `invalid-value` where a member does not fit its word.
 * @see ConsentRegistry.sol
 */
export function commitmentOf(terms: Terms): Hex {
  const words = [
    bytes32(terms.vocabulary, 'vocabulary'),
    bytes32(terms.grantee, 'grantee'),
    uint(terms.classes, 256n, 'classes'),
    uint(terms.purposes, 64n, 'purposes'),
    bytes32(terms.consentHash, 'consentHash'),
    bytes32(terms.salt, 'salt'),
  ];
  return `0x${toHex(keccak256(fromHex(words.join(''))))}`;
}

/** The chain's name of an actor: keccak-256 of its string (`client:<id>`) in UTF-8; `undefined` is everybody. */
export function granteeOf(actor: string | undefined): Hex {
  return actor === undefined ? EVERYBODY : `0x${toHex(keccak256(actor))}`;
}

function bytes32(value: Hex, member: string): string {
  if (!/^0x[0-9a-f]{64}$/i.test(value)) throw fault(member);
  return value.slice(2).toLowerCase();
}

function uint(value: bigint, bits: bigint, member: string): string {
  if (value < 0n || value >= 1n << bits) throw fault(member);
  return value.toString(16).padStart(WORD_DIGITS, '0');
}

function fault(member: string): GatewayError {
  return new GatewayError('invalid-value', { expression: [`terms.${member}`] });
}
