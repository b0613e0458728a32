import { createPublicKey, type KeyObject } from 'node:crypto';
import { GatewayError } from '#outcome';
import { fromBase64, sha256, toBase64, toHex } from '#digest';

/** Signature types of C2SP signed-note that are understood here. */
export const SIGNATURE_TYPE = {
  /** A log's Ed25519 signature over the note text. */
  ed25519: 0x01,
  /** A witness's timestamped Ed25519 cosignature. */
  ed25519Cosignature: 0x04,
  /** A log's or witness's timestamped ML-DSA-44 cosignature. */
  mlDsa44: 0x06,
} as const;

/** One of the known signature types. */
export type SignatureType = (typeof SIGNATURE_TYPE)[keyof typeof SIGNATURE_TYPE];

/** A public key that signs notes. */
export interface NoteKey {
  /** For a log, its origin. */
  readonly name: string;
  readonly type: SignatureType;
  /** Raw: 32 bytes (Ed25519) or 1,312 (ML-DSA-44). */
  readonly publicKey: Uint8Array;
}

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const ML_DSA_44_SPKI = Buffer.from('30820532300b06096086480165030403110382052100', 'hex');
const KEY_NAME = /^[^\s+\p{C}]+$/u;
const VKEY = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/;

const KEY_BYTES: Readonly<Record<SignatureType, number>> = {
  [SIGNATURE_TYPE.ed25519]: 32,
  [SIGNATURE_TYPE.ed25519Cosignature]: 32,
  [SIGNATURE_TYPE.mlDsa44]: 1312,
};

/** Whether `name` may name a key: not empty, without spaces, plus signs and control characters. */
export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/** The key id of a note signature: SHA-256(name || 0A || type || public key), 4 bytes. */
export function noteKeyId({ name, type, publicKey }: NoteKey): Uint8Array {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), publicKey])).subarray(0, 4);
}

/** The text form of a key: `<name>+<key id in hex>+<base64 of type and public key>`. */
export function encodeVkey(key: NoteKey): string {
  const material = Buffer.concat([Buffer.from([key.type]), key.publicKey]);
  return `${key.name}+${toHex(noteKeyId(key))}+${toBase64(material)}`;
}

/** @throws GatewayError `malformed` where the text is no vkey of a known type, or its key id is not its key's. */
export function parseVkey(text: string): NoteKey {
  const [, name = '', id = '', material = ''] = VKEY.exec(text) ?? [];
  const [typeByte = 0, ...publicKey] = fromBase64(material);
  const type = Object.values(SIGNATURE_TYPE).find((known) => known === typeByte);
  if (type === undefined || publicKey.length !== KEY_BYTES[type] || !isKeyName(name)) throw notAKey();
  const key: NoteKey = { name, type, publicKey: Uint8Array.from(publicKey) };
  if (toHex(noteKeyId(key)) !== id) throw notAKey();
  return key;
}

/** A note key from a key object of node:crypto, either half. */
export function noteKeyOf(name: string, type: SignatureType, key: KeyObject): NoteKey {
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const der = half.export({ format: 'der', type: 'spki' });
  const prefix = spkiPrefix(type);
  const known =
    der.length === prefix.length + KEY_BYTES[type] && der.subarray(0, prefix.length).equals(prefix);
  if (!known || !isKeyName(name)) throw new GatewayError('invalid-value', { details: 'note key' });
  return { name, type, publicKey: der.subarray(prefix.length) };
}

/** The key object that verifies signatures of `key`. */
export function verifyingKey({ type, publicKey }: Pick<NoteKey, 'type' | 'publicKey'>): KeyObject {
  const der = Buffer.concat([spkiPrefix(type), publicKey]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function spkiPrefix(type: SignatureType): Buffer {
  return type === SIGNATURE_TYPE.mlDsa44 ? ML_DSA_44_SPKI : ED25519_SPKI;
}

function notAKey(): GatewayError {
  return new GatewayError('malformed', { details: 'vkey' });
}
