import { GatewayError } from '#outcome';
import type { Hex } from '#consent';

const HEX = /^0x[0-9a-fA-F]*$/;

/** Narrows to hex. Throws `internal`: what a node or our own code gave is not hex. */
export function asHex(value: unknown, bytes?: number): Hex {
  if (!isHex(value) || (bytes !== undefined && value.length !== 2 + 2 * bytes)) {
    throw new GatewayError('internal', { details: `not ${bytes ?? 'any'} bytes of hex` });
  }
  return value;
}

/** Whether a value is 0x-prefixed hex. */
export function isHex(value: unknown): value is Hex {
  return typeof value === 'string' && HEX.test(value);
}

/** A number as 32 bytes, without prefix. */
export function word(value: bigint | number): string {
  return BigInt(value).toString(16).padStart(64, '0');
}

/** The `index`-th 32-byte word of `data`, with prefix. */
export function wordAt(data: Hex, index: number): Hex {
  const start = 2 + index * 64;
  return asHex(`0x${data.slice(start, start + 64)}`, 32);
}

/** The `index`-th 32-byte word of `data` as a number. */
export function numberAt(data: Hex, index: number): bigint {
  return BigInt(wordAt(data, index));
}

/** A JSON-RPC quantity. */
export function quantity(value: bigint | number): Hex {
  return `0x${value.toString(16)}`;
}
