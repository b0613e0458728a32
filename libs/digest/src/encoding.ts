import { GatewayError } from '#outcome';

const HEX = /^(?:[0-9a-f]{2})*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Lower case hexadecimal, without a prefix. */
export function toHex(bytes: Uint8Array): string {
  return view(bytes).toString('hex');
}

/** @throws GatewayError `malformed` unless `text` is lower case hexadecimal of whole bytes. */
export function fromHex(text: string): Uint8Array {
  if (!HEX.test(text)) throw new GatewayError('malformed', { details: 'hexadecimal' });
  return Buffer.from(text, 'hex');
}

/** Base64 with padding (RFC 4648 4). */
export function toBase64(bytes: Uint8Array): string {
  return view(bytes).toString('base64');
}

/** @throws GatewayError `malformed` unless `text` is the one base64 form of some bytes: padded, no white space, unused bits zero. */
export function fromBase64(text: string): Uint8Array {
  const bytes = BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (bytes?.toString('base64') !== text) throw new GatewayError('malformed', { details: 'base64' });
  return bytes;
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
