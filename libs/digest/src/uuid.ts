import { hash } from 'node:crypto';
import { GatewayError } from '#outcome';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_TIME_MS = 2 ** 48 - 1;

/**
 * A name-based UUID (RFC 9562 5.5): the same namespace and name give the same id.
 *
 * @param namespace A UUID in text form.
 * @param name Hashed as UTF-8.
 * @throws GatewayError `invalid-value` where the namespace is no UUID.
 */
export function uuidv5(namespace: string, name: string): string {
  if (!UUID.test(namespace)) throw new GatewayError('invalid-value', { details: 'UUID namespace' });
  const space = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  const digest = hash('sha1', Buffer.concat([space, Buffer.from(name, 'utf8')]), 'buffer');
  return format(digest.subarray(0, 16), 5);
}

/**
 * A time-ordered UUID (RFC 9562 5.7).
 *
 * @param timeMs Milliseconds since 1970, an integer below 2^48.
 * @param random 10 bytes from a CSPRNG.
 * @throws GatewayError `invalid-value` where an argument is out of range.
 */
export function uuidv7(timeMs: number, random: Uint8Array): string {
  const inRange = Number.isInteger(timeMs) && timeMs >= 0 && timeMs <= MAX_TIME_MS && random.length === 10;
  if (!inRange) throw new GatewayError('invalid-value', { details: 'UUID time or randomness' });
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(timeMs, 0, 6);
  bytes.set(random, 6);
  return format(bytes, 7);
}

function format(bytes: Buffer, version: number): string {
  bytes[6] = (bytes.readUInt8(6) & 0x0f) | (version << 4);
  bytes[8] = (bytes.readUInt8(8) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
