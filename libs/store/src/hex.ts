import type { Hex } from '#consent';
import { fromHex, toHex } from '#digest';

/** The bytes of a 0x-prefixed hex text. @throws `malformed` */
export function bytesOfHex(text: Hex): Uint8Array {
  return fromHex(text.slice(2).toLowerCase());
}

/** Bytes as 0x-prefixed hex. */
export function hexOf(bytes: Uint8Array): Hex {
  return `0x${toHex(bytes)}`;
}

/** Whether a text read from a column is 0x-prefixed hex. */
export function isHex(text: string): text is Hex {
  return /^0x[0-9a-f]*$/.test(text);
}
