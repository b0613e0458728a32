import { createECDH, createHash } from 'node:crypto';
import { AbiCoder } from 'ethers';
import type { Hex } from '#consent';
import { asHex, word } from '../hex.js';

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function point(scalar: bigint): { readonly x: bigint; readonly y: bigint } {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(Buffer.from(word(scalar), 'hex'));
  const text = ecdh.getPublicKey('hex', 'uncompressed');
  return { x: BigInt(`0x${text.slice(2, 66)}`), y: BigInt(`0x${text.slice(66)}`) };
}

/** Fermat: the order is prime. */
function invert(value: bigint): bigint {
  let [result, base, exponent] = [1n, value % ORDER, ORDER - 2n];
  for (; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % ORDER;
    base = (base * base) % ORDER;
  }
  return result;
}

/** Public key x ‖ y. */
export function p256Key(key: bigint): Hex {
  const { x, y } = point(key);
  return asHex(`0x${word(x)}${word(y)}`, 64);
}

/** A signature r ‖ s with a fixed nonce, so that it is the same each time. For tests alone: it gives the key away. */
export function p256Sign(key: bigint, digest: Hex): { readonly r: bigint; readonly s: bigint } {
  const nonce = 0x1234567890abcdefn;
  const r = point(nonce).x % ORDER;
  const s = (invert(nonce) * (BigInt(digest) + r * key)) % ORDER;
  return { r, s: s > ORDER / 2n ? ORDER - s : s };
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** A passkey's assertion over a digest, encoded as the WebAuthn verifier takes it. */
export function passkeySign(key: bigint, digest: Hex): Hex {
  const challenge = Buffer.from(digest.slice(2), 'hex').toString('base64url');
  const client = `{"type":"webauthn.get","challenge":"${challenge}","origin":"https://proviso.example"}`;
  const data = Buffer.concat([sha256('proviso.example'), Buffer.from([5, 0, 0, 0, 1])]);
  const hash = asHex(`0x${sha256(Buffer.concat([data, sha256(client)])).toString('hex')}`, 32);
  const { r, s } = p256Sign(key, hash);
  const types = ['bytes32', 'bytes32', 'uint256', 'uint256', 'bytes', 'string'];
  const values = [`0x${word(r)}`, `0x${word(s)}`, 23, 1, data, client];
  return asHex(AbiCoder.defaultAbiCoder().encode(types, values));
}
