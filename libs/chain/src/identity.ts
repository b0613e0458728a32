import { keccak256 } from 'ethers';
import type { Hex, Terms } from '#consent';
import { sha256, toHex } from '#digest';
import { asHex, word } from './hex.js';

const keccak = (data: string): Hex => asHex(keccak256(data), 32);

/** Hash of an ERC-7913 signer: a 20-byte address, or a verifier's address and a public key of 64 bytes. */
export function signerHashOf(signer: Hex): Hex {
  return keccak(asHex(signer));
}

/** The subject of a first signer and a salt (32 bytes), as the contract computes it. */
export function subjectId(signerHash: Hex, salt: Hex): Hex {
  return keccak(`0x${asHex(signerHash, 32).slice(2)}${asHex(salt, 32).slice(2)}`);
}

/** The six words of `Terms`, without prefix. */
export function encodeTerms(terms: Terms): string {
  return [
    asHex(terms.vocabulary, 32).slice(2),
    asHex(terms.grantee, 32).slice(2),
    word(terms.classes),
    word(terms.purposes),
    asHex(terms.consentHash, 32).slice(2),
    asHex(terms.salt, 32).slice(2),
  ].join('');
}

/** The log id of `AnchorRegistry`. */
export function logIdOf(log: LogKeys): Hex {
  return keccak(
    `0x${asHex(log.salt, 32).slice(2)}${word(BigInt(asHex(log.admin, 20)))}` +
      `${word(BigInt(asHex(log.operator, 20)))}${asHex(log.vkeyHash, 32).slice(2)}`,
  );
}

/** The first keys of a log that its operator administers, as a gateway opens one. Another operator has another log. */
export function ownLogKeys(operator: Hex, vkey: string): LogKeys {
  const vkeyHash: Hex = `0x${toHex(sha256(Buffer.from(vkey, 'utf8')))}`;
  return { salt: `0x${'0'.repeat(64)}`, admin: operator, operator, vkeyHash };
}

/** The first keys of a log. */
export interface LogKeys {
  readonly salt: Hex;
  readonly admin: Hex;
  readonly operator: Hex;
  /** SHA-256 of the log's verifier key text. */
  readonly vkeyHash: Hex;
}
