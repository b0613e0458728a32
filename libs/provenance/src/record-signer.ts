import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { sha256 } from '#digest';
import { gatewayKeyId, type RecordSigner } from './entry.js';

const ED25519_KEY_BYTES = 32;

/** A signer of entries for the log `origin`, from a gateway's Ed25519 private key. */
export function recordSigner(gateway: KeyObject, origin: string): RecordSigner {
  return {
    keyId: gatewayKeyId(rawPublicKey(gateway)),
    originHash: sha256(origin),
    sign: (message) => sign(null, message, gateway),
  };
}

/** The 32 raw bytes of an Ed25519 public key, from either half. */
export function rawPublicKey(key: KeyObject): Uint8Array {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  return half.export({ format: 'der', type: 'spki' }).subarray(-ED25519_KEY_BYTES);
}
