import { TypedDataEncoder, hashMessage } from 'ethers';
import { z } from 'zod';
import { GatewayError } from '#outcome';
import type { Hex } from '#consent';
import { asHex, isHex } from './hex.js';
import { signerHashOf } from './identity.js';
import { recoverSigner, signDigest } from './typed-data.js';

/**
 * What a person signs to say that a chain subject speaks for a patient's record: for this gateway, once (`nonce`).
 * Signed as EIP-712 (domain: name `Proviso binding`, version `1`), or as EIP-191 text by wallets that cannot.
 */
export interface BindingStatement {
  /** Origin of the gateway, `https://host`. */
  readonly origin: string;
  /** As the gateway gave it. */
  readonly nonce: string;
  /** Id of the patient at this gateway. */
  readonly patient: string;
  readonly subject: Hex;
  readonly signerHash: Hex;
  readonly rights: 'self' | 'guardian' | 'custodian';
  /** Unix seconds. */
  readonly from: number;
  /** Unix seconds, 0 = open. */
  readonly to: number;
}

const DOMAIN = { name: 'Proviso binding', version: '1' };
const TYPES = {
  BindingStatement: [
    { name: 'origin', type: 'string' },
    { name: 'nonce', type: 'string' },
    { name: 'patient', type: 'string' },
    { name: 'subject', type: 'bytes32' },
    { name: 'signerHash', type: 'bytes32' },
    { name: 'rights', type: 'string' },
    { name: 'from', type: 'uint64' },
    { name: 'to', type: 'uint64' },
  ],
};

const hash32 = z.custom<Hex>((value) => isHex(value) && value.length === 66);
const text = z.string().min(1).max(256);
const seconds = z.int().nonnegative().max(0xffffffff);
const schema = z.strictObject({
  origin: text,
  nonce: text,
  patient: text,
  subject: hash32,
  signerHash: hash32,
  rights: z.enum(['self', 'guardian', 'custodian']),
  from: seconds,
  to: seconds,
});

/** The digest that is signed as EIP-712. */
export function statementDigest(statement: BindingStatement): Hex {
  return asHex(TypedDataEncoder.hash(DOMAIN, TYPES, { ...statement }), 32);
}

/** The statement as bytes to be kept and sealed: JSON with the members in the order of the type. */
export function encodeStatement(statement: BindingStatement): Uint8Array {
  const { origin, nonce, patient, subject, signerHash, rights, from, to } = statement;
  return Buffer.from(
    JSON.stringify({ origin, nonce, patient, subject, signerHash, rights, from, to }),
    'utf8',
  );
}

/** The inverse of `encodeStatement`. Throws `invalid-value` for anything else. */
export function parseStatement(bytes: Uint8Array): BindingStatement {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new GatewayError('invalid-value', { expression: ['statement'], cause });
  }
}

/** The text that is signed as EIP-191 (`personal_sign`). */
export function statementText(statement: BindingStatement): string {
  return `Proviso binding, version 1\n${Buffer.from(encodeStatement(statement)).toString('utf8')}`;
}

/** Signs as EIP-712. */
export function signStatement(privateKey: Hex, statement: BindingStatement): Hex {
  return signDigest(privateKey, statementDigest(statement));
}

/** The account that signed, as EIP-712 or as EIP-191, provided that it is the signer which the statement names. */
export function recoverStatement(statement: BindingStatement, signature: Hex): Hex | undefined {
  const digests = [statementDigest(statement), asHex(hashMessage(statementText(statement)), 32)];
  return digests
    .map((digest) => recoverSigner(digest, signature))
    .find((address) => address !== undefined && signerHashOf(address) === statement.signerHash.toLowerCase());
}

/** Whether an account signed a statement beside the one that it names: who adds another key countersigns. EIP-712 alone. */
export function isCountersigned(statement: BindingStatement, countersigner: Hex, signature: Hex): boolean {
  return recoverSigner(statementDigest(statement), signature) === countersigner.toLowerCase();
}
