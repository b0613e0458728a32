import { GatewayError } from '#outcome';
import { sha256 } from '#digest';
import { TAG } from './commitment.js';

/** Bytes of a whole entry. */
export const ENTRY_BYTES = 204;
const SIGNED_BYTES = 140;
const VERSION = 1;
const COMMITMENT_BYTES = 32;
const COMMITMENTS_AT = 4;
const KEY_ID_AT = 132;
/** Bytes of a gateway key id. */
export const KEY_ID_BYTES = 8;
const SIGNING_PREFIX = Buffer.from(`${TAG.entry}\0`);

/** Signs entries for one gateway in one log. Its key is used for nothing else. */
export interface RecordSigner {
  /** 8 bytes; see `gatewayKeyId`. */
  readonly keyId: Uint8Array;
  /** SHA-256 of the log's origin: an entry of one log cannot be replayed into another. */
  readonly originHash: Uint8Array;
  /** Ed25519, 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** The parts of an entry. `class` may be unknown to this version: then the contents are. */
export interface Entry {
  readonly class: number;
  /** C_0, C_1, C_2 and the root over the sub-entries; 32 bytes each. */
  readonly commitments: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  readonly gatewayKeyId: Uint8Array;
  readonly signature: Uint8Array;
}

/** Key id of a gateway: the first 8 bytes of SHA-256("proviso/v1/gateway-key" || 00 || 32-byte Ed25519 public key). */
export function gatewayKeyId(publicKey: Uint8Array): Uint8Array {
  return sha256(Buffer.concat([Buffer.from(`${TAG.gatewayKey}\0`), publicKey])).subarray(0, KEY_ID_BYTES);
}

/** Encodes and signs an entry of this version. `commitments`: C_0, C_1, C_2, root; 32 bytes each. */
export function encodeEntry(
  entryClass: number,
  commitments: readonly Uint8Array[],
  signer: RecordSigner,
): Uint8Array {
  const entry = Buffer.alloc(ENTRY_BYTES);
  entry.write('PV', 0, 'latin1');
  entry.writeUInt8(VERSION, 2);
  entry.writeUInt8(entryClass, 3);
  for (const [i, commitment] of commitments.entries()) {
    entry.set(commitment, COMMITMENTS_AT + i * COMMITMENT_BYTES);
  }
  entry.set(signer.keyId, KEY_ID_AT);
  entry.set(signer.sign(signedMessage(entry, signer.originHash)), SIGNED_BYTES);
  return entry;
}

/**
 * Decodes an entry; its signature is not checked here.
 *
 * @returns `undefined` where the bytes are of another version or format: then inclusion can be checked, contents cannot.
 */
export function decodeEntry(bytes: Uint8Array): Entry | undefined {
  const known =
    bytes.length === ENTRY_BYTES && bytes[0] === 0x50 && bytes[1] === 0x56 && bytes[2] === VERSION;
  if (!known) return undefined;
  return {
    class: bytes[3] ?? 0,
    commitments: [
      commitmentAt(bytes, 0),
      commitmentAt(bytes, 1),
      commitmentAt(bytes, 2),
      commitmentAt(bytes, 3),
    ],
    gatewayKeyId: bytes.subarray(KEY_ID_AT, SIGNED_BYTES),
    signature: bytes.subarray(SIGNED_BYTES),
  };
}

/** What a gateway signs: "proviso/v1/entry" || 00 || SHA-256(origin) || the entry without its signature. */
export function signedMessage(entry: Uint8Array, originHash: Uint8Array): Uint8Array {
  if (originHash.length !== COMMITMENT_BYTES) {
    throw new GatewayError('invalid-value', { details: 'origin hash' });
  }
  return Buffer.concat([SIGNING_PREFIX, originHash, entry.subarray(0, SIGNED_BYTES)]);
}

function commitmentAt(bytes: Uint8Array, i: number): Uint8Array {
  const start = COMMITMENTS_AT + i * COMMITMENT_BYTES;
  return bytes.subarray(start, start + COMMITMENT_BYTES);
}
