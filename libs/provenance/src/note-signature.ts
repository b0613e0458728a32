import { sign, verify, type KeyObject } from 'node:crypto';
import { GatewayError } from '#outcome';
import { parseCheckpointText } from './checkpoint.js';
import { parseNote, writeNote, type NoteSignature } from './note.js';
import { sameBytes } from './tree-hash.js';
import {
  noteKeyId,
  noteKeyOf,
  SIGNATURE_TYPE,
  verifyingKey,
  type NoteKey,
  type SignatureType,
} from './vkey.js';

const TIMESTAMP_BYTES = 8;
const SUBTREE_LABEL = Buffer.from('subtree/v1\n\0', 'latin1');
const MAX_NAME_BYTES = 255;

/** Signs the note text of a checkpoint. */
export interface CheckpointSigner {
  readonly key: NoteKey;
  /** What follows the key id on the signature line. `timeS`: POSIX time, used by the timestamped types. */
  sign(text: string, timeS: bigint): Uint8Array;
}

/**
 * A signer for a log (types 0x01, 0x06) or a witness (0x04, 0x06).
 *
 * @param name The log's origin, or the witness's name.
 * @throws GatewayError `invalid-value` where the key is not of the type.
 */
export function checkpointSigner(name: string, type: SignatureType, privateKey: KeyObject): CheckpointSigner {
  const key = noteKeyOf(name, type, privateKey);
  return {
    key,
    sign: (text, timeS) => {
      const signature = sign(null, signedMessage(key, text, timeS), privateKey);
      return type === SIGNATURE_TYPE.ed25519 ? signature : Buffer.concat([u64(timeS), signature]);
    },
  };
}

/** Signs a checkpoint text with each signer, in their order. */
export function signCheckpoint(text: string, signers: readonly CheckpointSigner[], timeS: bigint): string {
  const signatures = signers.map((signer) => ({
    name: signer.key.name,
    keyId: noteKeyId(signer.key),
    signature: signer.sign(text, timeS),
  }));
  return writeNote({ text, signatures });
}

/** Adds signature lines to a note. */
export function addSignatures(note: string, signatures: readonly NoteSignature[]): string {
  const parsed = parseNote(note);
  return writeNote({ text: parsed.text, signatures: [...parsed.signatures, ...signatures] });
}

/** Whether a signature line is of this key: same name, same key id. It says nothing about validity. */
export function isOfKey(line: NoteSignature, key: NoteKey): boolean {
  return line.name === key.name && sameBytes(line.keyId, noteKeyId(key));
}

/**
 * Verifies a signature line of `key` over a checkpoint's note text.
 *
 * @returns The time that it states (0n where the type states none); `undefined` where it is not valid.
 */
export function verifySignature(text: string, line: NoteSignature, key: NoteKey): bigint | undefined {
  const timestamped = key.type !== SIGNATURE_TYPE.ed25519;
  if (timestamped && line.signature.length <= TIMESTAMP_BYTES) return undefined;
  const timeS = timestamped ? Buffer.from(line.signature).readBigUInt64BE(0) : 0n;
  if (timeS >= 2n ** 63n) return undefined;
  const signature = timestamped ? line.signature.subarray(TIMESTAMP_BYTES) : line.signature;
  return verify(null, signedMessage(key, text, timeS), verifyingKey(key), signature) ? timeS : undefined;
}

function signedMessage(key: NoteKey, text: string, timeS: bigint): Uint8Array {
  switch (key.type) {
    case SIGNATURE_TYPE.ed25519:
      return Buffer.from(text);
    case SIGNATURE_TYPE.ed25519Cosignature:
      return Buffer.from(`cosignature/v1\ntime ${timeS}\n${text}`);
    case SIGNATURE_TYPE.mlDsa44:
      return cosignedMessage(key.name, text, timeS);
    default:
      return key.type satisfies never;
  }
}

/** `cosigned_message` of tlog-cosignature: over the whole tree, hence start 0 and end = size. */
function cosignedMessage(name: string, text: string, timeS: bigint): Uint8Array {
  const { origin, size, root } = parseCheckpointText(text);
  const parts = [SUBTREE_LABEL, opaque(name), u64(timeS), opaque(origin), u64(0n), u64(size), root];
  return Buffer.concat(parts);
}

function opaque(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) {
    throw new GatewayError('malformed', { details: 'cosigner or origin name' });
  }
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}
